import { ErrorResponseError } from '../../errors.ts';
import type { ResourceAnswer } from '../../flows/call-resource.ts';
import { explainChallenge } from '../../output/explain-challenge.ts';
import { createRedactor } from '../../output/redact.ts';
import { inertLines } from '../../output/terminal-text.ts';
import { challengeParameter, readChallenges, tokenChallenge } from '../../protocol/challenge.ts';
import { findErrorMembers } from '../../protocol/error-members.ts';
import { isStructured, readResponseBody } from '../../protocol/response-body.ts';
import { loginCommand } from '../../sessions/settle-session.ts';
import type { TokenInHand } from '../../sessions/token-in-hand.ts';
import type { OptionReader } from '../../settings/option-reader.ts';
import { settleOutput } from '../../settings/output-settings.ts';
import type { Invocation } from '../command.ts';

/** A session that no person began is not begun anew by one. */
function loginCommandFor({ saved }: TokenInHand): string | undefined {
  if (saved === undefined || saved.session.grant_type === 'client_credentials') return undefined;
  return loginCommand(saved.wanted.owner);
}

const shownLines = 20;
const shownCharacters = 2000;

/**
 * The error for an answer that refuses the token: any 401, and any other error status whose Bearer or DPoP challenge
 * names an error (RFC 6750 §3.1); with --fail any status from 400 on, and a redirect that --follow could not follow.
 * What the API says in the body is shown on stderr. undefined for an answer that is a result.
 */
export function refusal(
  { exchange, redirect }: ResourceAnswer,
  token: TokenInHand,
  isFresh: boolean,
  options: OptionReader,
  { context, journal }: Invocation,
): ErrorResponseError | undefined {
  const { status, headers, body } = exchange.response;
  const challenges = readChallenges(headers);
  const challenge = tokenChallenge(challenges);
  const said = (name: string) => (challenge === undefined ? null : challengeParameter(challenge, name));
  const isRefusal = status === 401 || (status >= 400 && said('error') !== null);
  const unfollowed = redirect !== undefined && redirect.reason !== 'not-asked';
  if (!isRefusal && !(options.isOn('fail') && (status >= 400 || unfollowed))) return undefined;
  if (!options.isOn('quiet') && !settleOutput(options).json) tellBody(body);
  journal.causes = isRefusal
    ? explainChallenge(
        challenges,
        status,
        {
          scope: token.scope,
          expiresAt: token.expiresAt,
          loginCommand: loginCommandFor(token),
          isFresh,
        },
        context.now(),
      )
    : [];
  const reading = readResponseBody(body);
  const inBody = isStructured(reading) ? findErrorMembers(reading.document) : undefined;
  const oauth = isRefusal
    ? {
        error: said('error'),
        error_description: said('error_description') ?? inBody?.errorDescription ?? null,
        error_uri: said('error_uri'),
        status,
      }
    : { error: null, error_description: null, error_uri: null, status };
  const what = said('error') ?? `status ${status}`;
  return new ErrorResponseError(
    'endpoint_error',
    isRefusal ? `The API refused the token: ${what}.` : `The API answered with status ${status}.`,
    oauth,
    {
      step: 'request',
      ...(isRefusal ? {} : { hint: 'Without --fail the answer is printed and the exit status 0.' }),
    },
  );

  function tellBody(text: string): void {
    if (text.trim() === '' || options.isOn('verbose')) return;
    const { redactBody } = createRedactor(options.isOn('show-secrets') ? [] : journal.secrets);
    const lines = inertLines(redactBody(text.slice(0, shownCharacters)))
      .trimEnd()
      .split('\n');
    const more = lines.length > shownLines || text.length > shownCharacters ? ['…'] : [];
    const shown = [...lines.slice(0, shownLines), ...more].map((line) => `  ${line}`);
    context.terminal.stderr.write(`${shown.join('\n')}\n`);
    journal.told = true;
  }
}
