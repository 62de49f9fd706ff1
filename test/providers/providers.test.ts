import { describe, expect, it } from 'vitest';
import { findProvider, providerNamed, providers } from '../../src/providers/find-provider.ts';

const urlsOf = ({ server }: (typeof providers)[number]) => {
  switch (server.type) {
    case 'issuer':
      return [server.issuer];
    case 'metadata':
      return [server.metadataUrl];
    case 'endpoints':
      return [
        server.authorization,
        server.token,
        ...(server.userinfo === undefined ? [] : [server.userinfo]),
      ];
  }
};

describe('provider hints', () => {
  it('knows each provider and each host once', () => {
    const names = providers.map(({ name }) => name);
    const hosts = providers.flatMap((hint) => hint.hosts);
    expect(names).toHaveLength(55);
    expect(new Set(names).size).toBe(names.length);
    expect(new Set(hosts).size).toBe(hosts.length);
  });

  it.each(providers.map((hint) => [hint.name, hint] as const))('are well-formed for %s', (_, hint) => {
    for (const url of urlsOf(hint)) expect(url).toMatch(/^https:\/\/[a-z0-9.{}-]+(?:\/[A-Za-z0-9._{}/-]*)?$/);
    for (const host of hint.hosts) expect(host).toMatch(/^[a-z0-9.*-]+(?:\/[a-z/]*)?$/);
    for (const quirk of hint.quirks) expect(quirk).toMatch(/^\S.*\.$/);
    for (const topic of hint.unverified ?? []) expect(hint).toHaveProperty(topic);
    if (hint.refresh?.type !== 'ask') return;
    expect(hint.refresh.scope ?? hint.refresh.params).toBeDefined();
    for (const param of hint.refresh.params ?? []) expect(param).toMatch(/^[a-z_]+=[a-z0-9]+$/);
  });

  it.each(providers.map((hint) => [hint.name, hint] as const))('finds %s by its own address', (_, hint) => {
    const [first = ''] = urlsOf(hint);
    expect(findProvider(first.replace(/\{[^}]+\}/g, 'x1'))).toBe(hint);
  });

  it.each([
    ['https://sso.example.com/realms/main', 'Keycloak'],
    ['https://sso.example.com:8443/auth/realms/main', 'Keycloak'],
    ['https://acme.eu.auth0.com/', 'Auth0'],
    ['https://login.microsoftonline.com/common/v2.0', 'Microsoft Entra ID'],
    ['https://accounts.zoho.eu/oauth/v2/token', 'Zoho'],
    ['https://evil.example/accounts.google.com', undefined],
    ['https://accounts.google.com.evil.example/', undefined],
    ['https://example.com/x/realms/main', undefined],
    ['http://127.0.0.1:9400', undefined],
    ['no url', undefined],
  ])('takes %s for %s', (url, name) => {
    expect(findProvider(url)?.name).toBe(name);
  });

  it.each([
    ['google', 'Google'],
    ['entra', 'Microsoft Entra ID'],
    ['Microsoft', 'Microsoft Entra ID'],
    ['cognito', 'Amazon Cognito'],
    ['x', 'X'],
    ['stack exchange', 'Stack Exchange'],
    ['z', undefined],
    ['', undefined],
    ['nobody', undefined],
  ])('takes the name %s for %s', (text, name) => {
    expect(providerNamed(text)?.name).toBe(name);
  });
});
