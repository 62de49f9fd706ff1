import { describe, expect, it } from 'vitest';
import { createJournal } from '../../../src/commands/journal.ts';
import { guideLogin } from '../../../src/commands/login/guide-login.ts';
import { run } from '../../../src/entry/program.ts';
import { type Script, startScriptedServer } from '../../../src/idp/misbehaviours/scripted-server.ts';
import { createRedactor } from '../../../src/output/redact.ts';
import { settleOutput } from '../../../src/settings/output-settings.ts';
import { settleLogin } from '../../../src/settings/settle-login.ts';
import { createTestContext, type TestContextOptions } from '../../fakes/context.ts';
import { readOptions } from '../../settings/read-options.ts';

const terminal: TestContextOptions = { stdinIsTTY: true, stderr: { isTTY: true } };

/** A login at a terminal, at which the lines are typed one for each question. */
async function login(
  args: readonly string[],
  {
    lines = [],
    script = {},
    surroundings = terminal,
    cancelAt,
  }: {
    readonly lines?: readonly string[];
    readonly script?: Script;
    readonly surroundings?: TestContextOptions;
    /** The question at which Ctrl-C is pressed. */
    readonly cancelAt?: number;
  } = {},
) {
  const server = await startScriptedServer(script);
  const test = createTestContext(surroundings);
  const waiting = [...lines];
  let questions = 0;
  const { stderr } = test.context.terminal;
  const write = stderr.write.bind(stderr);
  const context = {
    ...test.context,
    terminal: {
      ...test.context.terminal,
      stderr: {
        ...stderr,
        write(text: string) {
          write(text);
          if (!text.endsWith('step> ')) return;
          questions += 1;
          if (questions === cancelAt) test.cancel();
          const line = waiting.shift();
          if (line !== undefined) test.type(line);
        },
      },
    },
  };
  try {
    const argv = ['login', '--issuer', server.issuer, '--client-id', 'client-1', '--port', '0', ...args];
    const status = await run(argv, context);
    await test.visited().catch(() => {});
    return { status, stdout: test.stdout(), stderr: test.stderr(), server, opened: test.opened, questions };
  } finally {
    await server.close();
  }
}

const all = ['', '', '', '', ''];

describe('a pushed request', () => {
  it('is explained by itself, and so is the URL that refers to it', async () => {
    const { status, stderr } = await login(['--explain', '--par', '--scope', 'openid'], {
      script: { par: (sound) => sound },
    });
    expect(status).toBe(0);
    const words = stderr.replace(/\s+/g, ' ');
    expect(words).toContain('Hand the request to the server first');
    expect(words).toContain('asks for the scope "openid"; the answer is to come to http://127.0.0.1:');
    expect(words).not.toContain('no PKCE');
  });

  it('is explained by what is inside where it is a request object', async () => {
    const { stderr } = await login(['--explain', '--request-object', '--client-secret-env', 'S'], {
      script: { client: { clientId: 'client-1', method: 'client_secret_basic', clientSecret: 'a-secret' } },
      surroundings: { ...terminal, env: { S: 'a-secret' } },
    });
    const words = stderr.replace(/\s+/g, ' ');
    expect(words).toContain('asks for the scope "openid"');
    expect(words).toContain('The code_challenge is the hash of a secret that stays here');
  });

  it('is shown and changed with --step, but for the state', async () => {
    const lines = ['', '', 'state=mine', 'prompt=login', '', '', '', '', ''];
    const { status, stderr, server } = await login(['--step', '--par'], {
      lines,
      script: { par: (sound) => sound },
    });
    expect(status).toBe(0);
    expect(stderr).toContain('Push: about to be sent');
    // Nothing is told while that question waits.
    expect(stderr.indexOf('✓ Keys')).toBeLessThan(stderr.indexOf('Push: about'));
    expect(stderr).toContain('already waits for this state');
    const [par] = server.requests.filter(({ endpoint }) => endpoint === 'par');
    expect(new URLSearchParams(par?.body).get('prompt')).toBe('login');
    expect(server.complaints).toEqual([]);
  });
});

describe('login --step', () => {
  it('asks before each request, one at a time, and sends what was not changed as it was', async () => {
    const { status, stderr, questions, server } = await login(['--step'], { lines: all });
    expect(status).toBe(0);
    expect(questions).toBe(5);
    expect([...stderr.matchAll(/^… (.*): about to be sent$/gm)].map(([, name]) => name)).toEqual([
      'Discovery',
      'Keys',
      'Authorization request, in the browser',
      'Token',
      'UserInfo',
    ]);
    expect(server.complaints).toEqual([]);
  });

  it('opens the browser with the authorization request as the person changed it', async () => {
    const { opened } = await login(['--step'], {
      lines: ['', '', 'scope=openid email', 'login_hint=alice', 'nonce', ''].concat(all),
    });
    const url = new URL(opened[0]?.url ?? 'http://none/');
    expect(url.searchParams.get('scope')).toBe('openid email');
    expect(url.searchParams.get('login_hint')).toBe('alice');
    expect(url.searchParams.has('nonce')).toBe(false);
  });

  it('sends the token request as the person changed it, header fields too', async () => {
    const { server } = await login(['--step'], {
      lines: ['', '', '', 'resource=https://api.example/', 'X-Test: 1', 'Accept:', '', '', ''],
    });
    const token = server.requests.find(({ endpoint }) => endpoint === 'token');
    expect(new URLSearchParams(token?.body).get('resource')).toBe('https://api.example/');
    expect(token?.headers).toMatchObject({ 'x-test': '1' });
    expect(token?.headers.accept).toBeUndefined();
  });

  it('shows no secret in its questions, unless it is asked to', async () => {
    const hidden = await login(['--step'], { lines: all });
    for (const [, secret] of hidden.server.secrets) expect(hidden.stderr).not.toContain(secret);
    expect(hidden.stderr).toContain('‹code_verifier›');
    const open = await login(['--step', '--show-secrets'], { lines: all });
    expect(open.stderr).toContain(open.server.secrets.get('code') ?? 'no code');
  });

  it('says that a value was changed which its placeholder does not show', async () => {
    const changed = 'It is changed; what was typed is shown as a placeholder too.';
    const { stderr } = await login(['--step'], { lines: ['', '', '', 'code=another', '', '', ''] });
    expect(stderr).toContain(changed);
    const open = await login(['--step'], { lines: ['', '', 'scope=openid email', ''].concat(all) });
    expect(open.stderr).not.toContain(changed);
  });

  it.each([
    ['X-Test: é', 'A header field can carry only printable ASCII.'],
    ['Bad Name: x', 'Bad Name: x does not name a header field.'],
    ['=x', '=x has no parameter name.'],
  ])('goes on asking after %s', async (line, answer) => {
    const { status, stderr } = await login(['--step'], { lines: [line].concat(all) });
    expect(status).toBe(0);
    expect(stderr).toContain(answer);
  });

  it('tells what became of the browser after the line that is being typed', async () => {
    const test = createTestContext(terminal);
    const options = readOptions([
      '--step',
      '--issuer',
      'http://as.example',
      '--client-id',
      'c',
      '--port',
      '0',
    ]);
    const invocation = { context: test.context, journal: createJournal(), output: settleOutput(options) };
    const settings = await settleLogin(options, invocation);
    const told: string[] = [];
    const guide = await guideLogin(settings, invocation, createRedactor(), ({ type }) => told.push(type));
    const answer = guide.approve?.('token', { method: 'GET', url: 'http://as.example/token', headers: [] });
    guide.emit({ type: 'browser', launch: { type: 'opened', command: 'a browser' } });
    guide.emit({ type: 'remark', step: 'token', text: 'no hurry' });
    expect(told).toEqual(['remark']);
    test.type('');
    await answer;
    expect(told).toEqual(['remark', 'browser']);
  });

  it('changes neither the state that is waited for nor the header fields of the browser', async () => {
    const { status, stderr } = await login(['--step'], {
      lines: ['', '', 'state=other', 'X-Test: 1', ''].concat(all),
    });
    expect(status).toBe(0);
    expect(stderr).toContain('run again with\n  --state VALUE');
    expect(stderr).toContain('The browser sends its own header fields');
  });

  it('says of a name that is not a parameter that there is none', async () => {
    const { stderr } = await login(['--step'], { lines: ['yes', '?', ''].concat(all) });
    expect(stderr).toContain('There is no parameter yes.');
    expect(stderr.match(/Return sends it\./g)).toHaveLength(2);
  });

  it.each([1, 4])('ends the run at question %i without sending that request', async (question) => {
    const lines = [...Array.from({ length: question - 1 }, () => ''), 'q'];
    const { status, stdout, stderr, server } = await login(['--step'], { lines });
    expect({ status, stdout }).toEqual({ status: 130, stdout: '' });
    expect(stderr).toContain('Ended here: this request was not sent.');
    expect(server.seen()).not.toContain(question === 1 ? 'discovery' : 'token');
  });

  it('is ended by Ctrl-C at a question', async () => {
    const { status, server } = await login(['--step'], { lines: ['', '', ''], cancelAt: 4 });
    expect(status).toBe(130);
    expect(server.seen()).not.toContain('token');
  });

  it.each([
    ['without a terminal to answer on', { stderr: { isTTY: true } }, []],
    ['without a terminal to ask on', { stdinIsTTY: true }, []],
    ['with --no-input', terminal, ['--no-input']],
  ])('is refused %s', async (_, surroundings, more) => {
    const { status, stdout, stderr, server } = await login(['--step', ...more], { surroundings });
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain('--step asks before each request, and there is no terminal to ask on.');
    expect(server.seen()).toEqual([]);
  });
});

describe('login --explain --dpop', () => {
  it('says what the proof is for, where one goes with the request', async () => {
    const { stderr } = await login(['--explain', '--dpop'], { surroundings: {} });
    const said = stderr.replace(/\s+/g, ' ');
    expect(said).toContain('dpop_jkt is the thumbprint of a key that stays here');
    expect(said.split('The DPoP header is a proof for this one request').length - 1).toBe(2);
    expect(said).toContain('without a proof of its key it is worth nothing');
  });
});

describe('login --explain', () => {
  it('explains each step before it is done, by the data of this login', async () => {
    const { status, stderr, server } = await login(['--explain'], { surroundings: {} });
    expect(status).toBe(0);
    const host = new URL(server.issuer).host;
    const told = stderr.replace(/\s+/g, ' ');
    const order = [
      'Ask the server what it can do',
      `asks ${host} for its metadata`,
      '✓ Discovery',
      'Fetch the public keys of the server',
      'Send you to the server to sign in',
      'The client "client-1" asks for the scope "openid"',
      'RFC 6749 §4.1.1',
      '✓ Answer',
      'Exchange the code for tokens',
      'The client has no secret: it is public',
      '✓ Token',
      'Check who signed in',
      '✓ ID token',
      'Ask for more about the person',
      '✓ UserInfo',
    ];
    const places = order.map((text) => told.indexOf(text));
    expect(places.every((place) => place >= 0)).toBe(true);
    expect(places.toSorted((a, b) => a - b)).toEqual(places);
  });

  it('says of a confidential client that it proves itself', async () => {
    const { stderr } = await login(['--explain', '--client-secret-env', 'SECRET'], {
      surroundings: { env: { SECRET: 'a-secret-of-the-client' } },
      script: {
        client: {
          clientId: 'client-1',
          method: 'client_secret_basic',
          clientSecret: 'a-secret-of-the-client',
        },
      },
    });
    expect(stderr.replace(/\s+/g, ' ')).toContain('The client also authenticates');
    expect(stderr).not.toContain('a-secret-of-the-client');
  });

  it('warns of what is missing', async () => {
    const { stderr } = await login(['--explain', '--pkce', 'off', '--nonce', 'off'], { surroundings: {} });
    const told = stderr.replace(/\s+/g, ' ');
    expect(told).toContain('There is no code_challenge');
    expect(told).not.toContain('The nonce will stand in the ID token');
  });

  it.each([40, 80])('keeps within %i columns', async (columns) => {
    const { stderr } = await login(['--explain'], { surroundings: { stderr: { columns } } });
    const lines = stderr.split('\n').filter((line) => !/https?:|127\.0\.0\.1/.test(line));
    expect(lines.length).toBeGreaterThan(5);
    for (const line of lines) expect([...line].length, line).toBeLessThanOrEqual(columns);
  });

  it('leaves the result on stdout alone', async () => {
    const { stdout } = await login(['--explain', '--json'], { surroundings: {} });
    expect(JSON.parse(stdout)).toMatchObject({ version: 1 });
  });
});
