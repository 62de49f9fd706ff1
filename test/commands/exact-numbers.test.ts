import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { text } from '../../src/idp/misbehaviours/reply.ts';
import { type ScriptedServer, startScriptedServer } from '../../src/idp/misbehaviours/scripted-server.ts';
import { stringifyExactly } from '../../src/json/exact-number.ts';
import type { JsonObject } from '../../src/json/json.ts';
import { parseKeepingNumbers } from '../../src/json/parse-json-exactly.ts';
import { sealTokens, unsealTokens } from '../../src/storage/seal-tokens.ts';
import { errorOf, runHere } from '../fakes/run-here.ts';
import { createTestHome, type TestHome } from '../fakes/saved-sessions.ts';

/** Numbers that JavaScript would round, rewrite, or lose altogether. */
const numbers =
  '{"id":12345678901234567890,"rate":1.10,"whole":2.0,"huge":1e400,"zero":-0,"list":[9007199254740993]}';
const inside = numbers.slice(1, -1);

const encode = (json: string) => Buffer.from(json).toString('base64url');
const jwt = (claims: string) => `${encode('{"alg":"none"}')}.${encode(claims)}.`;

function withNumbers(object: JsonObject): string {
  return `${JSON.stringify(object).slice(0, -1)},${inside}}`;
}

/** A claim or array element disclosed in an SD-JWT, with what names it there. */
function disclosure(json: string): { readonly text: string; readonly digest: string } {
  const encoded = encode(json);
  return { text: encoded, digest: createHash('sha256').update(encoded).digest('base64url') };
}

describe('numbers that were received', () => {
  it('stand in the JSON of decode as they came', async () => {
    const { stdout } = await runHere(['decode', jwt(numbers), '--json']);
    expect(stdout).toContain(`"claims":${numbers}`);
  });

  it('stand in its text as they came', async () => {
    const { stdout } = await runHere(['decode', jwt(`{${inside},"nested":{"id":12345678901234567890}}`)]);
    expect(stdout).toMatch(/id +12345678901234567890\n/);
    expect(stdout).toMatch(/rate +1\.10\n/);
    expect(stdout).toMatch(/huge +1e400\n/);
    expect(stdout).toMatch(/list +\[9007199254740993\]\n/);
    expect(stdout).toContain('{ "id": 12345678901234567890 }');
  });

  it('keep their digits when they are disclosed', async () => {
    const claim = disclosure('["salt","id",12345678901234567890]');
    const element = disclosure('["salt",1.50]');
    const claims = `{"list":[7,{"...":"${element.digest}"}],"_sd":["${claim.digest}"],"n":2.0}`;
    const { stdout } = await runHere(['decode', `${jwt(claims)}~${claim.text}~${element.text}~`, '--json']);
    expect(stdout).toContain('"disclosed_claims":{"list":[7,1.50],"n":2.0,"id":12345678901234567890}');
    expect(stdout).toContain('"name":"id","value":12345678901234567890,');
  });

  it('stand in the values of debug as they came', async () => {
    const { stdout } = await runHere(['debug', jwt(numbers), '--json', '--fail-on', 'none']);
    expect(stdout).toContain(`"claims":${numbers}`);
    const shown = await runHere(['debug', jwt(numbers), '--fail-on', 'none']);
    expect(shown.stdout).toMatch(/id +12345678901234567890\n/);
  });

  it('stand in an exchange whose body was saved as JSON', async () => {
    const exchange = `{"endpoint":"userinfo","request":{"scope":["openid"]},"response":{"status":200,"body":{"sub":12345678901234567890}}}`;
    const { stdout } = await runHere(['debug', exchange, '--json', '--fail-on', 'none']);
    expect(stdout).toContain('"values":{"sub":"12345678901234567890"}');
  });

  it('are told apart by diff', async () => {
    const response = (id: string) => `{"access_token":"at","token_type":"Bearer","id":${id}}`;
    const files = { 'a.json': response('12345678901234567890'), 'b.json': response('12345678901234567891') };
    const { stdout } = await runHere(['diff', 'a.json', 'b.json'], { files });
    expect(stdout).toMatch(/id +A +12345678901234567890\n +B +12345678901234567891\n/);
  });

  it('survive sealing', () => {
    const key = Buffer.alloc(32).toString('base64');
    const response = parseKeepingNumbers(numbers) as JsonObject;
    const tokens = { access_token: 'at', token_type: 'Bearer', token_response: response };
    const opened = unsealTokens(sealTokens(tokens, key, 'beside'), key, 'beside');
    expect(stringifyExactly(opened?.token_response)).toBe(numbers);
  });
});

describe('numbers of a server', () => {
  let server: ScriptedServer;
  let home: TestHome;

  beforeEach(async () => {
    home = createTestHome();
    server = await startScriptedServer({
      token: (members) => text(200, 'application/json', withNumbers(members)),
      userinfo: (claims) => text(200, 'application/json', withNumbers(claims)),
    });
  });

  afterEach(async () => {
    await server.close();
    home.remove();
  });

  const options = () => ['--issuer', server.issuer, '--client-id', 'client-1'];
  const login = (...args: readonly string[]) =>
    runHere(['login', ...options(), '--port', '0', ...args], {
      env: home.env,
      visit: async (url) => void (await (await fetch(url)).text()),
    });

  it('stand in the result of login, and of token from what was saved', async () => {
    const { status, stdout } = await login('--json');
    expect(status).toBe(0);
    expect(stdout.match(/"token_response":(\{[^}]*\})/)?.[1]).toContain(inside);
    expect(stdout.match(/"userinfo":(\{.*?\}),"checks"/)?.[1]).toContain(inside);
    const saved = await runHere(['token', ...options(), '--json'], { env: home.env });
    expect(saved.stdout.match(/"token_response":(\{[^}]*\})/)?.[1]).toContain(inside);
  });

  it('stand in its text', async () => {
    const { stdout } = await login();
    expect(stdout.match(/ id +12345678901234567890\n/g)).toHaveLength(2);
  });

  it('are compared by their digits', async () => {
    const met = await login('--json', '--expect', 'userinfo.id=12345678901234567890', '--expect', 'whole=2');
    expect(met.status).toBe(0);
    const unmet = await login('--json', '--expect', 'userinfo.id=12345678901234567891');
    expect(errorOf(unmet).message).toContain('but userinfo.id is 12345678901234567890.');
    const inList = await login('--json', '--expect', 'list~=9007199254740992');
    expect(errorOf(inList).code).toBe('expectation_failed');
  });
});
