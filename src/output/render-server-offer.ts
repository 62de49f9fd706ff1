import { type JsonObject, textListMember } from '../json/json.ts';
import { serverExtensions } from '../protocol/server-extensions.ts';
import type { HintTopic, Provider } from '../providers/provider.ts';
import { createLayout, joinLines, rowsOf } from './layout.ts';
import { inertText } from './terminal-text.ts';
import type { Looks } from './view.ts';

/** The capabilities of a server that matter for a first login. */
export function renderServerOffer(metadata: JsonObject, looks: Looks): string {
  const list = (member: string, missing = 'not advertised') =>
    textListMember(metadata, member)?.map(inertText).join(', ') ?? missing;
  const extensions = serverExtensions(metadata).map(({ text }) => inertText(text));
  const rows = rowsOf(
    ['Scopes', list('scopes_supported')],
    ['Clients', list('token_endpoint_auth_methods_supported')],
    ['PKCE', list('code_challenge_methods_supported', 'not advertised; sent anyway')],
    ['Grants', list('grant_types_supported')],
    ['Extensions', extensions.length > 0 ? extensions.join('; ') : null],
  );
  return joinLines(createLayout(looks).rows(rows));
}

/** The known facts about a provider, in sentences; an uncertain one says "may". */
export function renderProviderHint(hint: Provider, looks: Looks): string {
  const layout = createLayout(looks);
  const texts = [refreshText(hint), pkceText(hint), ...hint.quirks].filter((text) => text !== undefined);
  return joinLines([
    layout.strong(`Known about ${hint.name}`),
    ...texts.flatMap((text) => layout.paragraph(text, { indent: 4, lead: layout.bullet })),
  ]);
}

/** How the comparison of redirect URIs is known to go; undefined when nothing is known. */
export function loopbackText(hint: Provider): string | undefined {
  const { name, loopback } = hint;
  if (loopback === undefined) return undefined;
  const host = loopback.host === 'either' ? '' : `, with ${loopback.host} as the host`;
  const [does, what] = {
    any: ['ignore', `the port of a loopback address${host}`],
    exact: ['compare', `the whole URI, port included${host}`],
    https: ['take', 'https redirect URIs only'],
    none: ['take', "no loopback address: the last page's address is pasted here"],
  }[loopback.port];
  return `${name} ${verb(hint, 'loopback', `${does}s`, `${does}`)} ${what}.`;
}

function refreshText(hint: Provider): string | undefined {
  const { refresh } = hint;
  switch (refresh?.type) {
    case 'always':
      return `Refresh tokens ${verb(hint, 'refresh', 'come', 'come')} without being asked for.`;
    case 'never':
      return 'There are no refresh tokens.';
    case 'setting':
      return `Refresh tokens: ${refresh.setting}.`;
    case 'ask': {
      const wanted = [
        ...(refresh.scope === undefined ? [] : [`scope ${refresh.scope}`]),
        ...(refresh.params ?? []),
      ];
      return `A refresh token ${verb(hint, 'refresh', 'comes', 'come')} with ${wanted.join(' and ')}.`;
    }
    default:
      return undefined;
  }
}

function pkceText(hint: Provider): string | undefined {
  if (hint.pkce === 'none' && !hint.unverified?.includes('pkce')) return 'PKCE has no effect.';
  if (hint.pkce === 'own') return 'Its PKCE is not that of RFC 7636: --pkce off.';
  return hint.pkce === 'required' ? `PKCE ${verb(hint, 'pkce', 'is', 'be')} required.` : undefined;
}

function verb({ unverified }: Provider, topic: HintTopic, sure: string, unsure: string): string {
  return unverified?.includes(topic) ? `may ${unsure}` : sure;
}
