import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Misbehaviour } from '../../src/idp/misbehaviours/misbehaviour.ts';
import { json, text } from '../../src/idp/misbehaviours/reply.ts';
import type { Script } from '../../src/idp/misbehaviours/scripted-server.ts';
import { oddTokenResponses, otherDetails } from '../../src/idp/misbehaviours/token-response.ts';
import { runHere } from '../fakes/run-here.ts';
import { loginAgainst, objectionsIn, resultOf } from './scripted-login.ts';

const folder = mkdtempSync(join(tmpdir(), 'oauth-code-odd-'));
afterAll(() => rmSync(folder, { recursive: true }));
const wholeLogin = ['discovery', 'keys', 'authorize', 'token', 'userinfo'];

const asJson = (body: string) => text(200, 'application/json', body);
/** Token responses that are in order. */
type Row = Pick<Misbehaviour, 'id' | 'wrong' | 'script' | 'checks'> & Partial<Pick<Misbehaviour, 'options'>>;

const sound: readonly Row[] = [
  { id: '', wrong: 'in order', script: {}, checks: [] },
  {
    id: '',
    wrong: 'of type bearer in other letters',
    script: { token: (members) => json(200, { ...members, token_type: 'BEARER' }) },
    checks: [],
  },
  {
    id: '',
    wrong: 'without scope',
    script: { token: ({ scope: _, ...members }) => json(200, members) },
    checks: [],
  },
];

/** What the tokens are where they are not as usual, by the id of the misbehaviour. */
const differing: Readonly<
  Record<
    string,
    {
      readonly token_type?: string | null;
      readonly expires_at?: null;
      readonly scope?: readonly string[];
    }
  >
> = {
  'token-response-without-token-type': { token_type: null },
  'token-response-unknown-type': { token_type: 'mac-2' },
  'token-response-without-expires-in': { expires_at: null },
  'token-response-expires-in-0': { expires_at: null },
  'token-response-less-scope': { scope: ['openid'] },
};

describe('a token response', () => {
  it.each<Row>([...sound, ...oddTokenResponses, ...otherDetails])(
    '$wrong yields the tokens, and says what is odd',
    async ({ id, script, checks: listed, options = [] }) => {
      const login = await loginAgainst(script, { args: ['--scope', 'openid email', ...options] });
      const result = resultOf(login);
      expect(objectionsIn(result.checks)).toEqual(listed);
      expect(result.tokens).toMatchObject({
        access_token: login.server.secrets.get('access_token'),
        token_type: 'Bearer',
        scope: ['openid', 'email'],
        expires_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
        ...differing[id],
      });
      // A token that is not known to be a Bearer token is not sent as one.
      const seen = id === 'token-response-unknown-type' ? wholeLogin.slice(0, -1) : wholeLogin;
      expect({ seen: login.seen, complaints: login.complaints }).toEqual({
        seen,
        complaints: [],
      });
    },
  );

  it.each(otherDetails)(
    '$wrong is a finding of debug in the recording too',
    async ({ script, options, checks }) => {
      const trace = join(folder, 'run.json');
      resultOf(await loginAgainst(script, { args: [...options, '--trace', trace] }));
      const { stdout } = await runHere(['debug', trace, '--json', '--fail-on', 'none']);
      const { messages } = JSON.parse(stdout) as {
        messages: { kind: string; findings: { id: string; severity: string }[] }[];
      };
      const found = messages.flatMap(({ kind, findings }) => (kind === 'token_response' ? findings : []));
      expect(found.map(({ id, severity }) => [id, severity])).toEqual(checks.map((id) => [id, 'note']));
    },
  );

  it.each(['mac', 'N_A', '', '  ', 0, 7, false, [], ['Bearer'], { bearer: true }])(
    'with the token type %j brings a token that UserInfo is not asked with, unless that is waived',
    async (token_type) => {
      const script: Script = { token: (members) => json(200, { ...members, token_type }) };
      const login = await loginAgainst(script);
      expect([login.status, login.seen]).toEqual([0, wholeLogin.slice(0, -1)]);
      const waived = await loginAgainst(script, { args: ['--no-verify', 'token-type'] });
      expect([waived.status, waived.seen]).toEqual([0, wholeLogin]);
    },
  );

  it('keeps every member as it was received', async () => {
    const further = { user_id: 7, 'odd name': [null, { a: 'b' }] };
    const login = await loginAgainst({ token: (members) => json(200, { ...members, ...further }) });
    expect(resultOf(login).token_response).toMatchObject({
      token_type: 'Bearer',
      expires_in: 3600,
      ...further,
    });
  });

  it('with a number that parsers alter says so', async () => {
    const login = await loginAgainst({
      token: (members) => asJson(`{"user_id":12345678901234567890,${JSON.stringify(members).slice(1)}`),
    });
    expect(objectionsIn(resultOf(login).checks)).toEqual(['number-exceeds-safe-integer']);
  });
});
