import { describe, expect, it } from 'vitest';
import { discoveryUrls } from '../../src/protocol/discovery-urls.ts';

describe('the places where metadata may be published', () => {
  it('are those of OIDC Discovery §4.1 and RFC 8414 §3.1 for an issuer without path', () => {
    expect(discoveryUrls('https://example.com')).toEqual([
      { url: 'https://example.com/.well-known/openid-configuration', specification: 'OIDC Discovery' },
      { url: 'https://example.com/.well-known/oauth-authorization-server', specification: 'RFC 8414' },
    ]);
  });

  it('are appended to and inserted before a path (RFC 8414 §3.1, §5)', () => {
    expect(discoveryUrls('https://example.com/issuer1')).toEqual([
      {
        url: 'https://example.com/issuer1/.well-known/openid-configuration',
        specification: 'OIDC Discovery',
      },
      {
        url: 'https://example.com/.well-known/oauth-authorization-server/issuer1',
        specification: 'RFC 8414',
      },
      { url: 'https://example.com/.well-known/openid-configuration/issuer1', specification: 'RFC 8414' },
    ]);
  });

  it.each([
    ['https://example.com/', 'https://example.com'],
    ['https://example.com/issuer1/', 'https://example.com/issuer1'],
    ['https://example.com:8443/a/b/', 'https://example.com:8443/a/b'],
    ['http://[::1]:9400/', 'http://[::1]:9400'],
  ])('are for %s those of the same issuer without its final slash', (issuer, without) => {
    expect(discoveryUrls(issuer)).toEqual(discoveryUrls(without));
  });

  it('keep a path as it is written', () => {
    const [appended, inserted] = discoveryUrls('https://example.com/T%C3%A9n%2Fant/v2.0');
    expect(appended?.url).toBe('https://example.com/T%C3%A9n%2Fant/v2.0/.well-known/openid-configuration');
    expect(inserted?.url).toBe(
      'https://example.com/.well-known/oauth-authorization-server/T%C3%A9n%2Fant/v2.0',
    );
  });

  it('leave out a query or fragment, which an issuer cannot have', () => {
    expect(discoveryUrls('https://example.com/a?b=c#d')).toEqual(discoveryUrls('https://example.com/a'));
  });
});
