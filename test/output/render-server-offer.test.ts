import { describe, expect, it } from 'vitest';
import { loopbackText, renderProviderHint, renderServerOffer } from '../../src/output/render-server-offer.ts';
import { providerNamed, providers } from '../../src/providers/find-provider.ts';
import type { Provider } from '../../src/providers/provider.ts';

const looks = { columns: 60, color: false, unicode: true } as const;

const named = (name: string): Provider => {
  const hint = providerNamed(name);
  if (hint === undefined) throw new Error(`No provider ${name}`);
  return hint;
};

describe('renderServerOffer', () => {
  it('shows what a server says, and that it says nothing', () => {
    const offer = renderServerOffer(
      { scopes_supported: ['openid', 'evil\u001b[31m'], code_challenge_methods_supported: ['S256'] },
      looks,
    );
    expect(offer).toMatchInlineSnapshot(`
      "  Scopes   openid, evil\\u{1b}[31m
        Clients  not advertised
        PKCE     S256
        Grants   not advertised
      "
    `);
  });
});

describe('renderProviderHint', () => {
  it('says what yields a refresh token and what is odd', () => {
    expect(renderProviderHint(named('google'), looks)).toMatchInlineSnapshot(`
      "Known about Google
        • A refresh token comes with access_type=offline and
          prompt=consent.
        • Desktop clients have a "secret" too, and it has to be
          sent.
        • A client of type "Desktop app" takes loopback redirect
          URIs without registration.
      "
    `);
  });

  it('words what is not certain as something that may be', () => {
    expect(renderProviderHint(named('docusign'), looks)).toContain(
      'A refresh token may come with scope extended.',
    );
    expect(loopbackText(named('docusign'))).toBe('DocuSign may compare the whole URI, port included.');
    expect(loopbackText(named('spotify'))).toBe(
      'Spotify ignores the port of a loopback address, with 127.0.0.1 as the host.',
    );
    expect(loopbackText(named('vk'))).toBeUndefined();
  });

  it.each(providers.map((hint) => [hint.name, hint] as const))('keeps %s within narrow lines', (_, hint) => {
    for (const line of renderProviderHint(hint, { ...looks, columns: 40 }).split('\n')) {
      if (!/\S{30}/.test(line)) expect(line.length).toBeLessThanOrEqual(40);
    }
  });
});
