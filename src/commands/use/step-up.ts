import type { Context } from '../../context.ts';
import { LoginRequiredError } from '../../errors.ts';
import type { ResourceAnswer } from '../../flows/call-resource.ts';
import type { LoginResult } from '../../flows/complete-login.ts';
import { stepUpCommand, stepUpOf } from '../../output/explain-challenge.ts';
import { readChallenges, tokenChallenge } from '../../protocol/challenge.ts';
import { own, say } from '../../say.ts';
import { heldKey } from '../../sessions/renew-session.ts';
import { prepareSessionSave } from '../../sessions/save-session.ts';
import { canAsk } from '../../settings/output-settings.ts';
import type { RequestSettings } from '../../settings/settle-request.ts';
import { isSameSet } from '../../storage/find-session.ts';
import { isSameOwner } from '../../storage/session-file.ts';
import { type Session, savedSessions } from '../../storage/session-store.ts';
import type { Invocation } from '../command.ts';
import { runLogin } from '../login/run-login.ts';
import type { AccessToken } from '../session/session-run.ts';
import { loginCommandFor } from './answer.ts';

/**
 * Runs the login that the challenge of an answer asks for (RFC 9470 §3), with the key that the session is bound to, and
 * gives its token; undefined where the answer asks for none, or no user began the session.
 * @throws LoginRequiredError where no user can be asked; what a login throws
 */
export async function stepUp(
  { exchange }: ResourceAnswer,
  token: AccessToken,
  { stepUpLogin, isElsewhere }: Pick<RequestSettings, 'stepUpLogin' | 'isElsewhere'>,
  invocation: Invocation,
): Promise<AccessToken | undefined> {
  const { status, headers } = exchange.response;
  const challenge = tokenChallenge(readChallenges(headers));
  const wanted = challenge && stepUpOf(challenge, status, token.scope);
  const loginCommand = loginCommandFor(token);
  if (
    stepUpLogin === undefined ||
    wanted === undefined ||
    token.saved === undefined ||
    loginCommand === undefined
  )
    return undefined;
  const { session } = token.saved;
  const command = stepUpCommand(wanted, { scope: token.scope, loginCommand, isElsewhere });
  const settled = canAsk(invocation.output, invocation.context)
    ? await stepUpLogin({ ...session, scope: await gainedScope(session, invocation.context) }, wanted)
    : undefined;
  if (settled === undefined) {
    throw new LoginRequiredError('The API wants another login than that of the token (step-up).', {
      step: 'request',
      hint:
        command === undefined
          ? 'Log in with what the challenge of the API names.'
          : say`Log in for it: ${own(command)}`,
    });
  }
  const { run, keeping } = settled;
  const dpop = heldKey(session) ?? run.login.dpop;
  const login = { ...run.login, dpop };
  const save = await prepareSessionSave(keeping, login, invocation.context);
  let result: LoginResult | undefined;
  await runLogin({ ...run, login }, invocation, {
    isStep: true,
    saveSession(finished) {
      result = finished;
      return save(finished);
    },
  });
  if (result === undefined) return undefined;
  const { tokens, requestedScope, dpopKey, checks } = result as LoginResult;
  const { accessToken, tokenType, scope } = tokens.reading;
  const key = dpopKey === undefined ? undefined : { key: dpopKey };
  const access = { accessToken, tokenType, scope: scope ?? requestedScope, expiresAt: null };
  return { ...access, checks, saved: token.saved, dpop: key };
}

/**
 * The scope that the user was granted for the same resource, in earlier step-ups too: a profile then finds the session
 * it asks for.
 */
async function gainedScope({ owner, account, requested }: Session, context: Context) {
  return (await savedSessions(context)).flatMap(({ saved }) =>
    isSameOwner(saved.owner, owner) &&
    saved.account?.sub === account?.sub &&
    isSameSet(saved.requested.resource, requested.resource)
      ? saved.scope
      : [],
  );
}
