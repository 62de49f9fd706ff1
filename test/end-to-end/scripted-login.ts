import type { CheckResult } from '../../src/checks/check-result.ts';
import { run } from '../../src/entry/program.ts';
import {
  type Script,
  type ScriptedServer,
  startScriptedServer,
} from '../../src/idp/misbehaviours/scripted-server.ts';
import type { ErrorDocument, LoginDocument } from '../../src/output/documents.ts';
import { fragmentMediaType } from '../../src/protocol/redirect-uri.ts';
import { createTestContext, type TestContext, type TestContextOptions } from '../fakes/context.ts';

/** A login against a scripted server that came to its end; the server is closed unless it was given. */
export interface ScriptedLogin {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Endpoints in the order they were asked. */
  readonly seen: readonly string[];
  /** What was wrong with what the server was asked. */
  readonly complaints: readonly string[];
  readonly server: ScriptedServer;
  /** Whether a browser was to be opened. */
  readonly browserOpened: boolean;
  readonly opened: TestContext['opened'];
}

/** What differs from `login --json` of a public client with a browser that goes where it is sent. */
export interface ScriptedLoginOptions {
  readonly args?: readonly string[];
  /** Text instead of JSON. */
  readonly json?: boolean;
  readonly command?: readonly string[];
  /** A server that is running already, and stays: for a second command against the same one. */
  readonly server?: ScriptedServer;
  /** What the issuer is called on the command line, when not as the server calls itself. */
  readonly issuer?: (issuer: string) => string;
  readonly surroundings?: Omit<TestContextOptions, 'visit'>;
  /** Plays the browser. */
  readonly visit?: (url: string, server: ScriptedServer, type: (line: string) => void) => Promise<void>;
  /** Whether the person is slower than the key set; false where no keys are asked for here. */
  readonly afterKeys?: boolean;
}

/** Runs one login in this process, with the real HTTP client and listener. */
export async function loginAgainst(
  script: Script,
  options: ScriptedLoginOptions = {},
): Promise<ScriptedLogin> {
  const server = options.server ?? (await startScriptedServer(script));
  const { args = [], command = ['login'], issuer = (own: string) => own } = options;
  const test = createTestContext({
    ...options.surroundings,
    async visit(url) {
      // A fixed order of the requests is what makes them comparable.
      if (options.afterKeys !== false) await server.asked('keys');
      await (options.visit?.(url, server, test.type) ?? follow(url));
    },
  });
  const argv = [
    ...command,
    ...['--issuer', issuer(server.issuer)],
    ...(command[0] === 'login' && !args.includes('--register')
      ? ['--client-id', script.client?.clientId ?? 'client-1']
      : []),
    ...(command[0] === 'login' &&
    script.elsewhere === undefined &&
    !args.some((arg) => /^(?:device|ciba)$/.test(arg))
      ? ['--port', '0']
      : []),
    ...(options.json === false ? [] : ['--json']),
    ...args,
  ];
  try {
    const status = await run(argv, test.context);
    await test.visited().catch(() => {});
    return {
      status,
      stdout: test.stdout(),
      stderr: test.stderr(),
      seen: server.seen(),
      complaints: server.complaints,
      server,
      browserOpened: test.opened.length > 0,
      opened: test.opened,
    };
  } finally {
    if (options.server === undefined) await server.close();
  }
}

/** Plays a browser: follows redirects, hands over an answer behind # as the script of the callback page does, and posts a form. */
export async function follow(url: string, redirects = 20): Promise<void> {
  const response = await fetch(url, { redirect: 'manual' });
  const page = await response.text();
  const location = response.headers.get('location');
  const action = /<form method="post" action="([^"]*)"/.exec(page)?.[1];
  const [target, fragment = ''] = (location ?? action ?? '').split('#');
  const fields = [...page.matchAll(/name="([^"]*)" value="([^"]*)"/g)].map(
    ([, name = '', value = '']): [string, string] => [name, value],
  );
  const body = fragment !== '' ? fragment : new URLSearchParams(fields);
  const type = fragment === '' ? {} : { headers: { 'content-type': fragmentMediaType } };
  if (action !== undefined || fragment !== '')
    await (await fetch(target ?? '', { method: 'POST', body, ...type })).text();
  else if (location !== null && redirects > 0) await follow(location, redirects - 1);
}

/** The document of a login that succeeded. */
export function resultOf({ status, stdout, stderr }: ScriptedLogin): LoginDocument {
  if (status !== 0) throw new Error(`The login ended with ${status}:\n${stderr}`);
  return JSON.parse(stdout);
}

/** The document of a login that failed: the last line of stderr, with nothing on stdout. */
export function failureOf({ status, stdout, stderr }: ScriptedLogin): ErrorDocument {
  if (status === 0 || stdout !== '') throw new Error(`The login ended with ${status}:\n${stderr}\n${stdout}`);
  return JSON.parse(stderr.trimEnd().split('\n').at(-1) ?? '');
}

/** How a check ended, once for each time it is listed. */
export function outcomesOf(checks: readonly CheckResult[], id: string): readonly string[] {
  return checks.filter((check) => check.id === id).map(({ outcome }) => outcome);
}

/** The ids of all checks that warned or failed, in the order they are listed. */
export function objectionsIn(checks: readonly CheckResult[]): readonly string[] {
  return checks.filter(({ outcome }) => outcome === 'warn' || outcome === 'fail').map(({ id }) => id);
}

/** How a login failed, as far as a script can tell. */
export function refusalOf(login: ScriptedLogin) {
  const { error, checks } = failureOf(login);
  return {
    status: login.status,
    code: error.code,
    step: error.step,
    check: error.check,
    failed: checks.filter(({ outcome }) => outcome === 'fail').map(({ id }) => id),
    seen: login.seen,
  };
}

/** What a terminal would obey or reorder, line feeds aside. */
export const activeCharacters = /(?!\n)\p{Cc}|[\u202a-\u202e\u2066-\u2069]/u;
