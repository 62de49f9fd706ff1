import { describe, expect, it } from 'vitest';
import { ConfigError, InvalidResponseError, NetworkError } from '../../src/errors.ts';
import { discoverServer, discoveryUrls } from '../../src/flows/discover-metadata.ts';
import type { ServerSettings } from '../../src/flows/login-settings.ts';
import type { HeaderList } from '../../src/http-message.ts';
import type { JsonObject } from '../../src/json/json.ts';
import { type FakeAnswer, fakeConversation } from './fake-conversation.ts';

const issuer = 'https://example.com/issuer1';
const appended = `${issuer}/.well-known/openid-configuration`;
const oauth = 'https://example.com/.well-known/oauth-authorization-server/issuer1';
const inserted = 'https://example.com/.well-known/openid-configuration/issuer1';

const metadata: JsonObject = {
  issuer,
  authorization_endpoint: `${issuer}/authorize`,
  token_endpoint: `${issuer}/token`,
  jwks_uri: `${issuer}/jwks`,
  response_types_supported: ['code'],
  subject_types_supported: ['public'],
  id_token_signing_alg_values_supported: ['RS256'],
  token_endpoint_auth_methods_supported: ['none'],
  code_challenge_methods_supported: ['S256'],
};
const { id_token_signing_alg_values_supported: _, ...oauthMetadata } = metadata;

function discover(
  answers: Readonly<Record<string, FakeAnswer>>,
  server: ServerSettings = { issuer, given: {} },
  extent: 'first' | 'all' = 'first',
) {
  const { conversation, asked, requests, events } = fakeConversation(answers);
  return { found: discoverServer(conversation, server, extent), asked, requests, events };
}

const failed = (checks: readonly { id: string; outcome: string }[]) =>
  checks.filter(({ outcome }) => outcome === 'fail').map(({ id }) => id);

describe('looking for the metadata of a server', () => {
  it('leads to private networks, and not to link-local addresses unless the issuer is one', async () => {
    const answerOf = (jwks_uri: string) => ({ [appended]: { json: { ...metadata, jwks_uri } } });
    const inside = await discover(answerOf('http://10.0.0.1/jwks')).found;
    expect(failed(inside.checks)).not.toContain('metadata-private-address');
    const linkLocal = await discover(answerOf('http://[fe80::1]/jwks')).found;
    expect(failed(linkLocal.checks)).toContain('metadata-private-address');
    const own = 'http://169.254.1.1';
    const place = `${own}/.well-known/openid-configuration`;
    const answer = { [place]: { json: { ...metadata, issuer: own, jwks_uri: `${own}/jwks` } } };
    const within = await discover(answer, { issuer: own, given: {} }).found;
    expect(failed(within.checks)).not.toContain('metadata-private-address');
  });

  it('asks the first place alone when that answers', async () => {
    const { found, requests } = discover({ [appended]: { json: metadata } });
    const server = await found;
    expect(requests).toEqual([{ method: 'GET', url: appended, headers: [['accept', 'application/json']] }]);
    expect(server).toMatchObject({
      issuer,
      metadata,
      openid: true,
      attempts: [{ url: appended, result: 'found' }],
      documents: [{ url: appended, specification: 'OIDC Discovery', reading: { document: metadata } }],
    });
    expect(failed(server.checks)).toEqual([]);
  });

  it.each<[string, FakeAnswer, string]>([
    ['is not there', { status: 404 }, 'status 404'],
    ['is a web page', { status: 200, body: '<!doctype html><h1>Hello</h1>' }, 'no JSON object'],
    ['is an array', { json: [metadata] }, 'no JSON object'],
    ['is an error in JSON', { status: 500, body: JSON.stringify(metadata) }, 'status 500'],
    ['is elsewhere', { status: 302, headers: [['Location', '/login']] }, 'status 302, redirects to /login'],
    ['is a redirect to nowhere', { status: 301 }, 'status 301'],
    ['cannot be read', new InvalidResponseError('It is not HTTP.'), 'It is not HTTP.'],
  ])('goes on to the places of RFC 8414 when the first %s', async (_, answer, result) => {
    const { found, asked } = discover({ [appended]: answer, [inserted]: { json: metadata } });
    expect((await found).attempts).toEqual([
      { url: appended, result },
      { url: oauth, result: 'status 404' },
      { url: inserted, result: 'found' },
    ]);
    expect(asked()).toEqual([appended, oauth, inserted]);
  });

  it('does not bother a server again that cannot be reached', async () => {
    const failure = new NetworkError('network', 'Nothing accepts connections.');
    const { found, asked } = discover({ [appended]: failure, [oauth]: { json: metadata } });
    await expect(found).rejects.toBe(failure);
    expect(failure.step).toBe('discovery');
    expect(asked()).toEqual([appended]);
  });

  it('leaves an error about the address to the person who gave it', async () => {
    const failure = new ConfigError('The URL holds a user name or password.');
    await expect(discover({ [appended]: failure }).found).rejects.toBe(failure);
  });

  it('asks everywhere when everything is to be shown, and compares both documents', async () => {
    const { found, asked } = discover(
      {
        [appended]: { json: metadata },
        [oauth]: { json: { ...oauthMetadata, token_endpoint: `${issuer}/t2` } },
      },
      undefined,
      'all',
    );
    const { documents, metadata: used, checks } = await found;
    expect(asked()).toEqual([appended, oauth, inserted]);
    expect(documents.map(({ url }) => url)).toEqual([appended, oauth]);
    expect(used.token_endpoint).toBe(`${issuer}/token`);
    expect(checks.find(({ id }) => id === 'metadata-agreement')?.outcome).toBe('warn');
  });

  it('asks on after a network failure when everything is to be shown', async () => {
    const failure = new NetworkError('timeout', 'Nothing came within 30 s.');
    const { found } = discover({ [appended]: failure, [oauth]: { json: oauthMetadata } }, undefined, 'all');
    expect((await found).attempts.map(({ result }) => result)).toEqual([
      'Nothing came within 30 s.',
      'found',
      'status 404',
    ]);
  });

  const page = '<!doctype html><h1>Sign in</h1>';
  const [html, wait]: [HeaderList, HeaderList] = [[['Content-Type', 'text/html']], [['Retry-After', '120']]];
  const moved = (url: string): FakeAnswer => ({ status: 301, headers: [['Location', url]] });
  it.each<[string, FakeAnswer, RegExp]>([
    ['failed', { status: 503 }, /^The server failed \(status 503\)\..* Try again later\.$/],
    ['failed for a time', { status: 503, headers: wait, body: page }, /Try again after 120 s\.$/],
    [
      'failed until then',
      { status: 500, headers: [['Retry-After', 'Wed, 21 Oct 2026 07:28:00 GMT']] },
      /after Wed, 21 Oct 2026 07:28:00 GMT\.$/,
    ],
    ['is asked too often', { status: 429, headers: wait }, /^The server limits .* Try again after 120 s\.$/],
    ['is a page', { status: 200, headers: html, body: 'Hello' }, /^A web page answered: .*proxy.*login page/],
    ['is a page that refuses', { status: 403, body: page }, /^A web page answered: /],
    [
      'moved',
      moved('https://b.example/x/.well-known/openid-configuration'),
      /: --issuer https:\/\/b.example\/x$/,
    ],
    [
      'moved to a page',
      moved('/login'),
      /^Redirects are not followed.* https:\/\/example.com\/login\b.*login page/,
    ],
    ['moved to nowhere', { status: 302 }, /^Check the issuer/],
    ['is not there, says a page', { status: 404, headers: html, body: page }, /^Check the issuer/],
  ])('says what to do when the server %s', async (_, answer, hint) => {
    const thrown = discover({ [oauth]: answer }).found;
    await expect(thrown).rejects.toMatchObject({ exitCode: 6, hint: expect.stringMatching(hint) });
  });

  it('says where it looked when there is none', async () => {
    const error = await discover({}).found.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(InvalidResponseError);
    expect(error).toMatchObject({
      exitCode: 6,
      step: 'discovery',
      message: `No metadata was found for ${issuer}: ${appended} (status 404); ${oauth} (status 404); ${inserted} (status 404).`,
      hint: expect.stringMatching(/--metadata-url.*--authorization-endpoint.*--token-endpoint/s),
    });
  });
});

describe('what is known of a server', () => {
  it('is a plain OAuth server when only RFC 8414 metadata without ID tokens exists', async () => {
    const server = await discover({ [oauth]: { json: oauthMetadata } }).found;
    expect(server).toMatchObject({ openid: false, documents: [{ specification: 'RFC 8414' }] });
  });

  it('is an OpenID provider when its RFC 8414 metadata says how ID tokens are signed', async () => {
    expect((await discover({ [oauth]: { json: metadata } }).found).openid).toBe(true);
  });

  it('takes given endpoints before discovered ones, and the rest as discovered', async () => {
    const given = { token_endpoint: 'https://other.example/token' };
    const server = await discover({ [appended]: { json: metadata } }, { issuer, given }).found;
    expect(server.metadata).toEqual({ ...metadata, ...given });
  });

  it('judges the document as it was received, not the given endpoints', async () => {
    const { token_endpoint: _, ...incomplete } = metadata;
    const given = { token_endpoint: 'https://other.example/token' };
    const { checks } = await discover({ [appended]: { json: incomplete } }, { issuer, given }).found;
    expect(checks.find(({ id }) => id === 'metadata-required')?.outcome).toBe('warn');
  });

  it('can come from the given endpoints alone', async () => {
    const given = {
      authorization_endpoint: 'https://a.example/authorize',
      token_endpoint: 'https://a.example/token',
    };
    const { found, asked } = discover({}, { given });
    expect(await found).toEqual({
      issuer: null,
      documents: [],
      attempts: [],
      metadata: given,
      openid: false,
      checks: [],
    });
    expect(asked()).toEqual([]);
  });

  it('comes from the given endpoints when the issuer publishes nothing or cannot be reached', async () => {
    const given = {
      authorization_endpoint: 'https://a.example/authorize',
      token_endpoint: 'https://a.example/token',
    };
    const failure = new NetworkError('network', 'Nothing accepts connections.');
    for (const answers of [{}, { [appended]: failure }]) {
      const server = await discover(answers, { issuer, given }).found;
      expect(server).toMatchObject({ issuer, documents: [], metadata: given });
    }
  });

  it('comes from the given address, whose document names the issuer', async () => {
    const metadataUrl = 'https://example.com/metadata?p=b2c_1';
    const { found, asked } = discover({ [metadataUrl]: { json: metadata } }, { metadataUrl, given: {} });
    const server = await found;
    expect(asked()).toEqual([metadataUrl]);
    expect(server).toMatchObject({ issuer, openid: true, documents: [{ specification: 'given' }] });
    expect(server.checks.find(({ id }) => id === 'metadata-issuer')?.outcome).toBe('skipped');
  });

  it('compares the document at a given address with a given issuer', async () => {
    const metadataUrl = 'https://example.com/metadata';
    const given = { issuer: 'https://example.com/other', metadataUrl, given: {} };
    const server = await discover({ [metadataUrl]: { json: metadata } }, given).found;
    expect(server.issuer).toBe('https://example.com/other');
    expect(failed(server.checks)).toEqual(['metadata-issuer']);
  });

  it.each([
    ['a final slash', `${issuer}/`],
    ['another case', 'https://EXAMPLE.com/issuer1'],
    ['another issuer', 'https://evil.example'],
    ['no string', 7],
  ])('is not to be trusted when its issuer is %s', async (_, other) => {
    const server = await discover({ [appended]: { json: { ...metadata, issuer: other } } }).found;
    expect(server.issuer).toBe(issuer);
    expect(failed(server.checks)).toContain('metadata-issuer');
  });

  it('has no issuer when neither a person nor the document names one', async () => {
    const metadataUrl = 'https://example.com/metadata';
    const { issuer: _, ...nameless } = metadata;
    const server = await discover({ [metadataUrl]: { json: nameless } }, { metadataUrl, given: {} }).found;
    expect(server.issuer).toBeNull();
  });

  it('lists how the message itself is odd', async () => {
    const body = `\uFEFF${JSON.stringify(metadata)}`;
    const { checks } = await discover({
      [appended]: { status: 200, headers: [['content-type', 'text/plain']], body },
    }).found;
    expect(checks.map(({ id }) => id)).toEqual(expect.arrayContaining(['bom-present', 'content-type-wrong']));
  });

  it('tells each exchange once', async () => {
    const { found, events } = discover({ [oauth]: { json: oauthMetadata } });
    await found;
    expect(
      events.map((event) => event.type === 'exchange' && [event.step, event.exchange.response.status]),
    ).toEqual([
      ['discovery', 404],
      ['discovery', 200],
    ]);
  });
});

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
