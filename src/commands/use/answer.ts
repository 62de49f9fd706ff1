import { isRepeatable } from '../../client/grants.ts';
import type { OutputStream } from '../../context.ts';
import { undiagnosed } from '../../diagnosis/diagnosis.ts';
import { ErrorResponseError } from '../../errors.ts';
import type { ResourceAnswer } from '../../flows/call-resource.ts';
import { type HttpRequest, headerValue, isHttpUrl } from '../../http-message.ts';
import { claimsOf, confirmationOf, decodeUtf8 } from '../../jose/jwt.ts';
import type { RequestDocument } from '../../output/documents.ts';
import { errorOf, explainChallenge } from '../../output/explain-challenge.ts';
import { renderJson } from '../../output/render-json.ts';
import { inertLines, inertText } from '../../output/terminal-text.ts';
import { challengeParameter, readChallenges, tokenChallenge } from '../../protocol/challenge.ts';
import { readErrorMembers } from '../../protocol/error-members.ts';
import { readResponseBody } from '../../protocol/response-body.ts';
import { isSameOrigin } from '../../recording/url-input.ts';
import { own, say } from '../../say.ts';
import type { RequestSettings } from '../../settings/settle-request.ts';
import type { Invocation } from '../command.ts';
import { checksOfRun } from '../journal.ts';
import { createRunRedactor } from '../run-redactor.ts';
import { loginCommand } from '../session/owner-commands.ts';
import type { AccessToken } from '../session/session-run.ts';
import { tellStep } from '../tell.ts';

/** Prints the answer of an API on stdout: octet by octet into a pipe or file, harmless on a terminal. */
export function printAnswer(
  request: HttpRequest,
  answer: ResourceAnswer,
  { include }: RequestSettings,
  { context, output }: Invocation,
): void {
  const { stdout, stderr } = context.terminal;
  const { exchange, redirect } = answer;
  const { status, headers } = exchange.response;
  const octets = exchange.octets ?? Buffer.from(exchange.response.body);
  const tell = (text: string) => {
    if (!output.quiet) tellStep(stderr, { mark: 'warn', name: 'Request', text });
  };
  if (redirect !== undefined) tell(redirectText(redirect));
  if (output.json) {
    stdout.write(
      renderJson(buildDocument(request, answer, octets), { pretty: stdout.isTTY, color: stdout.color }),
    );
    return;
  }
  if (include) {
    const lines = [`HTTP/1.1 ${status}`, ...headers.map(([name, value]) => `${name}: ${value}`), '', ''];
    stdout.write(
      lines.map((line) => (stdout.isTTY ? inertText(line) : line)).join(stdout.isTTY ? '\n' : '\r\n'),
    );
  }
  const text = decodeUtf8(octets);
  if (!stdout.isTTY) stdout.writeOctets(octets);
  else if (text === undefined || text.includes('\0')) {
    tell(`the body is ${octets.length} octets that are not text; redirect stdout to a file to keep them`);
  } else writeForPerson(text, stdout);
}

function redirectText({ to, reason }: NonNullable<ResourceAnswer['redirect']>): string {
  switch (reason) {
    case 'not-asked':
      return `redirects to ${to}; --follow goes there within the origin`;
    case 'method':
      return `redirects to ${to}; only GET and HEAD are sent again`;
    case 'other-origin':
      return `redirects to ${to}, another origin, which must not see the token`;
    case 'too-many':
      return `redirects once more, to ${to}; five were followed`;
  }
}

function writeForPerson(text: string, stdout: OutputStream): void {
  if (text === '') return;
  const inert = text.split('\t').map(inertLines).join('\t');
  stdout.write(inert.endsWith('\n') ? inert : `${inert}\n`);
}

function buildDocument(
  { method }: HttpRequest,
  { exchange, redirect }: ResourceAnswer,
  octets: Uint8Array,
): RequestDocument {
  const { request, response, durationMs } = exchange;
  const text = decodeUtf8(octets);
  return {
    version: 1,
    request: { method, url: request.url },
    response: {
      status: response.status,
      headers: response.headers,
      body: text ?? null,
      ...(text === undefined ? { body_base64: Buffer.from(octets).toString('base64') } : {}),
    },
    duration_ms: Math.round(durationMs),
    redirect: redirect?.to ?? null,
    challenges: readChallenges(response.headers).map(({ scheme, token68, parameters }) => ({
      scheme,
      token68,
      parameters: Object.fromEntries(parameters.toReversed()),
    })),
  };
}

/** The command that logs in for a token; undefined for a session that no user began: none begins it anew. */
export function loginCommandFor({ saved }: AccessToken): string | undefined {
  if (saved === undefined || isRepeatable(saved.session.grant_type)) return undefined;
  return loginCommand(saved.settings.wanted.owner, saved.session);
}

/** Whether a token is bound to a key, by its claims (RFC 9449 §6.1). */
function namesKey(accessToken: string): boolean {
  return typeof confirmationOf(claimsOf(accessToken)).jkt === 'string';
}

/** How a request went. */
export interface Called {
  readonly answer: ResourceAnswer;
  readonly token: AccessToken;
  /** Whether the token was renewed because it was refused at first. */
  readonly isFresh: boolean;
  /** Whether the token is of the login that the API asked for. */
  readonly isStepped?: boolean;
}

/** The resource that a token was asked for, where that is of another origin than this URL; a URN is of none. */
function resourceElsewhere({ saved }: AccessToken, url: string): string | undefined {
  const resources = saved?.session.requested.resource ?? [];
  const isHere = resources.some((one) => !isHttpUrl(one) || isSameOrigin(one, url));
  return isHere ? undefined : resources[0];
}

const shownLines = 20;
const shownCharacters = 2000;

/**
 * The error for an answer that refuses the token: any 401, and any other error status whose Bearer or DPoP challenge
 * names an error (RFC 6750 §3.1); with --fail any status from 400 on, and a redirect that --follow could not follow.
 * The body of the answer is shown on stderr. undefined for an answer that is a result.
 */
export function refusal(
  { answer: { exchange, redirect }, token, isFresh, isStepped = false }: Called,
  { fail, isElsewhere }: RequestSettings,
  { context, journal, output }: Invocation,
): ErrorResponseError | undefined {
  const { status, headers, body } = exchange.response;
  const challenges = readChallenges(headers);
  const challenge = tokenChallenge(challenges);
  const said = (name: string) => (challenge === undefined ? null : challengeParameter(challenge, name));
  const isRefusal =
    status === 401 || (status >= 400 && challenge !== undefined && errorOf(challenge, status) !== null);
  const unfollowed = redirect !== undefined && redirect.reason !== 'not-asked';
  if (!isRefusal && !(fail && (status >= 400 || unfollowed))) return undefined;
  if (!output.quiet && !output.json) tellBody(body);
  const binding = checksOfRun(journal).findLast(
    ({ id, outcome }) => id === 'certificate-binding' && outcome === 'warn',
  );
  journal.causes = isRefusal
    ? explainChallenge(
        challenges,
        status,
        {
          scope: token.scope,
          askedFor: resourceElsewhere(token, exchange.request.url),
          expiresAt: token.expiresAt,
          loginCommand: loginCommandFor(token),
          isElsewhere,
          isFresh,
          isStepped,
          nonce: headerValue(headers, 'dpop-nonce'),
          isBound: token.dpop !== undefined,
          binding: binding?.detail,
          lacksKey: token.dpop === undefined && namesKey(token.accessToken),
        },
        context.now(),
      )
    : undiagnosed;
  const inBody = readErrorMembers(readResponseBody(body));
  const oauth = isRefusal
    ? {
        error: said('error'),
        error_description: said('error_description') ?? inBody.errorDescription,
        error_uri: said('error_uri'),
        status,
      }
    : { error: null, error_description: null, error_uri: null, status };
  const what = said('error') ?? `status ${status}`;
  return new ErrorResponseError(
    'endpoint_error',
    isRefusal
      ? say`The API refused the token${own(isStepped ? ' of the new login' : '')}: ${what}.`
      : say`The API answered with status ${status}.`,
    oauth,
    {
      step: 'request',
      ...(isRefusal ? {} : { hint: 'Without --fail the answer is printed and the exit status 0.' }),
    },
  );

  function tellBody(text: string): void {
    if (text.trim() === '' || output.verbose) return;
    const secrets = output.showSecrets ? [] : journal.secrets;
    const { redactBody } = createRunRedactor({ ...journal, secrets });
    const lines = inertLines(redactBody(text.slice(0, shownCharacters)))
      .trimEnd()
      .split('\n');
    const more = lines.length > shownLines || text.length > shownCharacters ? ['…'] : [];
    const shown = [...lines.slice(0, shownLines), ...more].map((line) => `  ${line}`);
    context.terminal.stderr.write(`${shown.join('\n')}\n`);
    journal.told = true;
  }
}
