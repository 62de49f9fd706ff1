import { describe, expect, it } from 'vitest';
import type { DebugDocument } from '../../src/output/documents.ts';
import { runHere } from '../fakes/run-here.ts';

const as = 'https://as.example';
const type = { name: 'Content-Type', value: 'application/json' };

/** One entry of a HAR as a browser or a proxy saves it, with JSON both ways. */
function entry(method: string, url: string, asked: object | string | undefined, status: number, body = '') {
  const text = typeof asked === 'string' ? asked : JSON.stringify(asked);
  const mimeType = typeof asked === 'string' ? 'application/x-www-form-urlencoded' : type.value;
  return {
    startedDateTime: '2026-11-20T11:59:00.000Z',
    time: 30,
    request: {
      ...{ method, url, headers: [{ name: 'Content-Type', value: mimeType }] },
      ...(text === undefined ? {} : { postData: { mimeType, text } }),
    },
    response: { status, headers: [type], content: { mimeType: type.value, text: body } },
  };
}

async function debug(entries: readonly object[], ...args: readonly string[]) {
  const har = JSON.stringify({ log: { version: '1.2', entries } });
  const { stdout, stderr } = await runHere(['debug', '-', '--fail-on', 'none', ...args], {
    stdin: har,
  });
  expect(stderr.replace(/^– Exit 0 .*\n/, '')).toBe('');
  return stdout;
}

const messages = async (...entries: readonly object[]): Promise<DebugDocument['messages']> =>
  JSON.parse(await debug(entries, '--json')).messages;

const asked = { client_name: 'app', redirect_uris: ['https://app.example/cb'] };
const client = {
  ...asked,
  client_id: 'c1',
  client_secret: 'the-secret-of-the-client',
  client_secret_expires_at: 0,
  registration_access_token: 'the-token-for-the-client',
  registration_client_uri: `${as}/clients/c1`,
};
const described = JSON.stringify(client);

describe('debug takes an error alone for that of the endpoint that has it', () => {
  it.each([
    ['invalid_client_metadata', 'registration'],
    ['unapproved_software_statement', 'registration'],
    ['unknown_user_id', 'backchannel_response'],
    ['expired_login_hint_token', 'backchannel_response'],
    ['invalid_grant', 'token_response'],
  ])('%s: %s', async (error, kind) => {
    const { stdout } = await runHere(['debug', '-', '--json'], { stdin: JSON.stringify({ error }) });
    expect(JSON.parse(stdout).messages).toMatchObject([{ kind, outcome: 'error', findings: [] }]);
  });
});

describe('debug reads the registration of a client', () => {
  it('that another program made, read and deleted', async () => {
    const read = await messages(
      entry('POST', `${as}/connect/dcr`, asked, 201, described),
      entry('GET', `${as}/clients/c1`, undefined, 200, described),
      entry('DELETE', `${as}/clients/c1`, undefined, 204),
    );
    expect(read.map(({ kind, outcome, findings }) => [kind, outcome, findings.map(({ id }) => id)])).toEqual([
      ['registration', 'client', []],
      ['registration', 'client', []],
    ]);
    expect(read[0]?.values).toMatchObject({ client_id: 'c1', redirect_uris: asked.redirect_uris });
  });

  it('without its secrets', async () => {
    const shown = await debug([entry('POST', `${as}/connect/dcr`, asked, 201, described)]);
    expect(shown).toContain('Client registration: client c1');
    for (const secret of [client.client_secret, client.registration_access_token])
      expect(shown).not.toContain(secret);
  });

  it.each<[string, object, number, readonly string[]]>([
    [
      'another redirect URI',
      { redirect_uris: ['https://other.example/cb'] },
      201,
      ['registration-redirect-uri'],
    ],
    ['a secret without an expiry', { client_secret_expires_at: undefined }, 201, ['client-secret-expiry']],
    ['the status of another request', {}, 200, ['registration-response']],
  ])('and finds %s', async (_, change, status, found) => {
    const body = JSON.stringify({ ...client, ...change });
    const [message] = await messages(entry('POST', `${as}/connect/dcr`, asked, status, body));
    expect(message?.findings.map(({ id }) => id)).toEqual(found);
  });

  it.each([
    ['invalid_redirect_uri', 'A redirect URI is refused.'],
    ['invalid_client_metadata', 'A member of the client metadata is refused.'],
  ])('that was refused with %s', async (error, cause) => {
    const [message] = await messages(
      entry('POST', `${as}/connect/dcr`, asked, 400, JSON.stringify({ error, error_description: 'No.' })),
    );
    expect(message).toMatchObject({ kind: 'registration', outcome: 'error', values: { error } });
    expect(message?.diagnosis[0]?.cause).toBe(cause);
  });

  it.each([
    ['a body alone', described],
    ['an answer with its head', `HTTP/1.1 201 Created\nContent-Type: application/json\n\n${described}`],
  ])('from %s', async (_, text) => {
    const { stdout } = await runHere(['debug', '-', '--json'], { stdin: text });
    expect(JSON.parse(stdout).messages).toMatchObject([{ kind: 'registration', outcome: 'client' }]);
  });
});

describe('debug reads the beginning of a sign-in elsewhere', () => {
  const codes = { device_code: 'd', user_code: 'AB', verification_uri: `${as}/device` };
  it.each<[string, string, object, readonly string[]]>([
    ['device_response', '/device', { ...codes, expires_in: 60 }, []],
    ['device_response', '/device', codes, ['device-expires-in']],
    ['backchannel_response', '/bc', { auth_req_id: 'the-handle-of-it', expires_in: 60 }, []],
    ['backchannel_response', '/bc', { auth_req_id: 'the-handle-of-it' }, ['backchannel-expires-in']],
  ])('%s at %s', async (kind, path, answer, found) => {
    const exchange = entry('POST', `${as}${path}`, 'client_id=c1&scope=openid', 200, JSON.stringify(answer));
    const [message] = await messages(exchange);
    expect(message).toMatchObject({ kind, outcome: 'code' });
    expect(message?.findings.map(({ id }) => id)).toEqual(found);
    expect(await debug([exchange])).not.toContain('the-handle-of-it');
  });

  it('also where it is refused', async () => {
    const metadata = {
      ...{ issuer: as, authorization_endpoint: `${as}/authorize`, token_endpoint: `${as}/token` },
      backchannel_authentication_endpoint: `${as}/bc`,
    };
    const read = await messages(
      entry('GET', `${as}/.well-known/openid-configuration`, undefined, 200, JSON.stringify(metadata)),
      entry('POST', `${as}/bc`, 'client_id=c1&scope=openid', 400, '{"error":"unknown_user_id"}'),
    );
    expect(read[1]).toMatchObject({ kind: 'backchannel_response', values: { error: 'unknown_user_id' } });
    expect(read[1]?.diagnosis.length).toBeGreaterThan(0);
  });
});

describe('debug reads the discovery of a server that speaks OAuth alone', () => {
  const oauth = {
    authorization_endpoint: `${as}/authorize`,
    token_endpoint: `${as}/token`,
    response_types_supported: ['code'],
    grant_types_supported: ['authorization_code'],
    token_endpoint_auth_methods_supported: ['none'],
    code_challenge_methods_supported: ['S256'],
  };
  const at = (place: string, status: number, document: object = {}) =>
    entry('GET', `${as}/.well-known/${place}`, undefined, status, JSON.stringify(document));

  it.each([as, `${as}/`])('whose issuer is %s, after a place at which nothing is', async (issuer) => {
    const read = await messages(
      at('openid-configuration', 404),
      at('oauth-authorization-server', 200, { ...oauth, issuer }),
    );
    expect(read.map(({ kind, findings }) => [kind, findings.map(({ id }) => id)])).toEqual([
      ['metadata', []],
    ]);
  });

  it('whose document is of another path', async () => {
    const [read] = await messages(
      at('oauth-authorization-server', 200, { ...oauth, issuer: `${as}/tenant` }),
    );
    expect(read?.findings.map(({ id }) => id)).toEqual(['issuer-mismatch']);
  });

  it('and says that nothing was found where that is so', async () => {
    const read = await messages(at('openid-configuration', 404), at('oauth-authorization-server', 404));
    expect(read.map(({ kind, outcome }) => `${kind} ${outcome}`)).toEqual([
      'metadata error',
      'metadata error',
    ]);
  });

  it('which lacks what OpenID Connect requires, at the place of that', async () => {
    const [read] = await messages(at('openid-configuration', 200, { ...oauth, issuer: as }));
    expect(read?.findings.map(({ id }) => id)).toEqual(['metadata-required-missing']);
  });
});
