// The client that @modelcontextprotocol/conformance drives with the URL of a server: our command, for each scenario as a
// user would call it, with a browser that follows redirects.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const url = process.argv.at(-1);
const { MCP_CONFORMANCE_SCENARIO: scenario = '', MCP_CONFORMANCE_CONTEXT = '{}' } = process.env;
const context = JSON.parse(MCP_CONFORMANCE_CONTEXT);
const bin = fileURLToPath(new URL('../../bin/oauth-code.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'oauth-code-conformance-'));
const env = { ...process.env, OAUTH_CODE_HOME: folder, OAUTH_CODE_STORE: 'file' };

/** `fetch` would say that it is not a browser, and the listener does not take an answer of a script. */
function visit(target) {
  get(target, (response) => {
    response.resume();
    const { location } = response.headers;
    if (location !== undefined) visit(new URL(location, target).href);
  }).on('error', () => {});
}

/** Runs the command to its end; opens each address that stands alone on a line. */
function run(args, secrets = {}) {
  const child = spawn(process.execPath, [bin, ...args], {
    env: { ...env, ...secrets },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, line] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    process.stderr.write(text);
    const lines = `${line}${text}`.split('\n');
    line = lines.pop();
    for (const one of lines) if (/^https?:\/\/\S+[?&]response_type=code/.test(one)) visit(one.trim());
  });
  return new Promise((resolve) => {
    child.once('close', (status) => {
      process.stdout.write(stdout);
      process.exitCode = status ?? 1;
      resolve(stdout);
    });
  });
}

const mcp = (...args) =>
  run(['mcp', url, '--port', '0', '--json', ...args], { SECRET: context.client_secret });
const body = { jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} };
const fields = ['Content-Type: application/json', 'Accept: application/json, text/event-stream'];
/** Calls the server with a token that needs no user. */
async function callWith(args, secrets) {
  const { issuer } = JSON.parse(await run(['discover', url, '--json']));
  const server = ['--issuer', issuer, '--client-id', context.client_id, '--resource', url];
  const call = ['--data', JSON.stringify(body), ...fields.flatMap((field) => ['-H', field])];
  await run(['request', url, ...server, ...args, ...call], secrets);
}
const ofAssertion = ['--grant-type', 'urn:ietf:params:oauth:grant-type:jwt-bearer', '--assertion-env', 'JWT'];
const withSecret = ['--client-secret-env', 'SECRET'];

const scenarios = {
  'auth/basic-cimd': () =>
    mcp('--client-metadata-url', 'https://conformance-test.local/client-metadata.json'),
  'auth/pre-registration': () => mcp('--client-id', context.client_id, ...withSecret),
  'auth/scope-step-up': () => mcp('--call', 'test-tool'),
  'auth/dpop': () => mcp('--dpop'),
  'auth/dpop-nonce': () => mcp('--dpop'),
  // The server moves to another authorization server after the first call.
  'auth/authorization-server-migration': async () => {
    await mcp();
    await mcp();
  },
  'auth/client-credentials-basic': () =>
    callWith(['--grant-type', 'client_credentials', ...withSecret], { SECRET: context.client_secret }),
  'auth/client-credentials-jwt': () => {
    const key = join(folder, 'key.pem');
    writeFileSync(key, context.private_key_pem, { mode: 0o600 });
    const proof = ['--auth-method', 'private_key_jwt', '--signing-key', key];
    return callWith(['--grant-type', 'client_credentials', ...proof]);
  },
  'auth/wif-jwt-bearer': () => callWith(ofAssertion, { JWT: context.valid_jwt }),
  'auth/enterprise-managed-authorization': async () => {
    const { issuer } = JSON.parse(await run(['discover', url, '--json']));
    const exchange = ['--grant-type', 'urn:ietf:params:oauth:grant-type:token-exchange'];
    const subject = ['--subject-token-env', 'JWT', '--subject-token-type', 'id_token'];
    const wanted = ['--requested-token-type', 'urn:ietf:params:oauth:token-type:id-jag'];
    const server = ['--issuer', context.idp_issuer, '--client-id', context.idp_client_id];
    const target = ['--audience', issuer, '--resource', url];
    const jag = await run(['token', ...server, ...exchange, ...subject, ...wanted, ...target], {
      JWT: context.idp_id_token,
    });
    await callWith([...ofAssertion, ...withSecret], { JWT: jag.trim(), SECRET: context.client_secret });
  },
};

try {
  await (scenarios[scenario] ?? mcp)();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
