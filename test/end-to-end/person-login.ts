import { visitAsPerson } from '../../src/idp/headless-person.ts';
import type { RunningIdp } from '../../src/idp/start-idp.ts';
import { authorizationUrl, type CliOptions, type FinishedRun, type RunningCli, startCli } from './cli.ts';

/** A login that came to its end. */
export interface PersonLogin extends FinishedRun {
  /** The authorization URL that was printed. */
  readonly url: URL;
  /** Where the browser ended: HTML, and whether that was at the redirect URI. */
  readonly page: string;
  readonly reachedRedirectUri: boolean;
}

/** What differs from alice saying yes. */
export interface PersonOptions extends CliOptions {
  readonly decision?: 'allow' | 'deny';
  readonly user?: string;
  /** Which login of the run it is, from 0. */
  readonly login?: number;
  /** false: the arguments say by themselves where the server is. */
  readonly issuer?: boolean;
}

/** Goes to an authorization URL and does there what a person would. */
export function visitUrl(
  { issuer }: Pick<RunningIdp, 'issuer'>,
  url: string,
  { decision = 'allow', user = 'alice' }: Pick<PersonOptions, 'decision' | 'user'> = {},
) {
  return visitAsPerson({
    url,
    issuer,
    redirectUri: new URL(url).searchParams.get('redirect_uri') ?? undefined,
    user,
    decision,
    signal: AbortSignal.timeout(100_000),
    onStep: () => {},
  });
}

/** Goes to the printed authorization URL of a run and does there what a person would. */
export async function playPerson(
  idp: Pick<RunningIdp, 'issuer'>,
  cli: RunningCli,
  { login = 0, ...person }: PersonOptions = {},
): Promise<Omit<PersonLogin, keyof FinishedRun>> {
  const url = await authorizationUrl(cli, login);
  const visit = await visitUrl(idp, url, person);
  return { url: new URL(url), page: visit.finalPage, reachedRedirectUri: visit.reachedRedirectUri };
}

/** Runs `login` of the public demo client on any port; what the arguments say goes before that. */
export async function loginAsPerson(
  idp: Pick<RunningIdp, 'issuer'>,
  args: readonly string[] = [],
  options: PersonOptions = {},
): Promise<PersonLogin> {
  const server = options.issuer === false ? [] : ['--issuer', idp.issuer];
  const cli = startCli(['login', ...server, '--client-id', 'demo-public', '--port', '0', ...args], options);
  // The run is what tells what went wrong when the visit fails.
  const [visit, run] = await Promise.all([playPerson(idp, cli, options), cli.finished]);
  return { ...visit, ...run };
}

/** The last line of stderr, which is the error document of a failed run with `--json`. */
export function lastLineAsJson({ stderr }: Pick<FinishedRun, 'stderr'>): unknown {
  return JSON.parse(stderr.trimEnd().split('\n').at(-1) ?? '');
}
