import { isRepeatable } from '../client/grants.ts';
import { ErrorResponseError, LoginRequiredError, UsageError } from '../errors.ts';
import { callResource, type ResourceAnswer, type ResourceRequest } from '../flows/call-resource.ts';
import { type Conversation, tellRemark } from '../flows/conversation.ts';
import { judgeBinding } from '../flows/request-tokens.ts';
import { authorizationOf } from '../output/token-header.ts';
import { challengeParameter, readChallenges, tokenChallenge } from '../protocol/challenge.ts';
import { own, say } from '../say.ts';
import { obtainToken } from '../sessions/obtain-token.ts';
import { hasRefreshToken } from '../sessions/renew-token.ts';
import { type OptionTable, repeatable, usual } from '../settings/option-reader.ts';
import {
  dpopOptions,
  grantInputOptions,
  grantOptions,
  outputOptions,
  storeOptions,
} from '../settings/options.ts';
import { accessTokenOptions, freshnessOptions, sessionOptionGroups } from '../settings/session-options.ts';
import { type RequestSettings, settleRequest } from '../settings/settle-request.ts';
import { defineCommand, type Invocation } from './command.ts';
import { withConversation } from './conversation.ts';
import { type AccessToken, accessTokenOf, sessionRun, takeAccessToken } from './session/session-run.ts';
import { type Called, printAnswer, refusal } from './use/answer.ts';

const requestOptions: OptionTable = {
  '-H, --header <line>': usual(repeatable('"Name: value"; "Name:" leaves one out; repeatable')),
  '--query <k=v>': usual(repeatable('add this to the query of the URL; repeatable')),
  '-d, --data <text>': repeatable(
    'form data, @FILE or @- for stdin; POST unless a method is given; repeatable, joined by &',
  ),
  '--data-json <json>': usual('a JSON body, @FILE or @- for stdin'),
  '--file <file>': usual('the octets of a file as the body, or - for stdin'),
};

const answerOptions: OptionTable = {
  '-i, --include': usual('print status and headers of the answer before its body'),
  '-I, --head': 'ask with HEAD, and print status and headers',
  '--follow': 'follow up to 5 redirects of GET or HEAD within the origin',
  '--fail': 'exit 3 for any status from 400 on, not only for a refused token',
};

const stepUpOptions: OptionTable = {
  '--step-up': 'log in anew when the API wants another login or more scope, then ask once more',
};

const examples = `
Examples:
  $ oauth-code request https://api.example.com/me -p work
  $ oauth-code request https://api.example.com/items --query state=open -p work | jq .
  $ oauth-code request POST https://api.example.com/items --data-json '{"name":"x"}' -p work
  $ oauth-code request PUT https://api.example.com/photo --file photo.jpg -H 'Content-Type: image/jpeg'

The body goes to stdout as it came, status and time to stderr. The token goes to no other origin,
and over http to this machine only. Exit 3: the API refused the token, and stdout stays empty.`;

/** Gives `request` its arguments, options and action. */
export const define = defineCommand({
  description:
    'Call an API with an access token that is valid now, and explain it when the API refuses the token.',
  usage: '[METHOD] URL [-p NAME | --issuer URL --client-id ID] [options]',
  words: {
    '<method-or-url>': 'the method, default GET, or POST with a body; or the URL',
    '[url]': 'the URL, when a method goes before it',
  },
  groups: [
    ['Request:', requestOptions],
    ['Answer:', answerOptions],
    [
      'Token:',
      {
        ...stepUpOptions,
        ...accessTokenOptions,
        ...freshnessOptions,
        ...grantOptions,
        ...grantInputOptions,
        ...dpopOptions,
        ...storeOptions,
      },
    ],
    ...sessionOptionGroups,
    ['Output:', outputOptions],
  ],
  notes: examples,
  async action({ settle }, [first = '', second]) {
    if (second !== undefined && /^https?:/i.test(first) && /^[A-Z]+$/.test(second)) {
      throw new UsageError('The method goes before the URL.', {
        hint: say`Write: oauth-code request ${second} ${first}`,
      });
    }
    const given = second === undefined ? { url: first } : { method: first, url: second };
    const settled = await settle((options, run) => settleRequest(given, options, run));
    await runRequest(...settled);
  },
});

/** Requests that may be sent twice without harm (RFC 9110 §9.2.1). */
const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Calls an API with a valid token and prints what it answers.
 * @throws ErrorResponseError when the API refuses the token, or with --fail whatever was asked
 */
async function runRequest(settings: RequestSettings, invocation: Invocation): Promise<void> {
  const { access, request } = settings;
  const { connection, waived } = access;
  const token = await takeAccessToken(settings.token, invocation);
  const call = (used: AccessToken) =>
    withConversation({ connection, waived, dpop: used.dpop }, invocation, (conversation) =>
      callTwice(conversation, request, used, settings, invocation),
    );
  let called: Called = await call(token);
  const stepped =
    settings.stepUpLogin === undefined
      ? undefined
      : await (await import('./use/step-up.ts')).stepUp(called.answer, called.token, settings, invocation);
  if (stepped !== undefined) called = { ...(await call(stepped)), isFresh: true, isStepped: true };
  const refused = refusal(called, settings, invocation);
  if (refused !== undefined) throw refused;
  printAnswer(request, called.answer, settings, invocation);
}

/** A token that the API calls invalid is renewed once, where a second request can do no harm. */
async function callTwice(
  conversation: Conversation,
  request: ResourceRequest,
  token: AccessToken,
  { follow }: RequestSettings,
  invocation: Invocation,
): Promise<Called> {
  await judgeBinding(conversation, token.accessToken, 'request');
  const call = (used: AccessToken) =>
    callResource(
      conversation,
      request,
      authorizationOf(used, conversation.waived, conversation.dpop !== undefined),
      { follow },
    );
  const answer = await call(token);
  if (!isRefusedAsInvalid(answer) || !safeMethods.has(request.method))
    return { answer, token, isFresh: false };
  const renewed = await renew(token, invocation);
  if (renewed === undefined) return { answer, token, isFresh: false };
  const text = own('The API refused the token as invalid; asking again with a new one.');
  tellRemark(conversation, 'request', text);
  return { answer: await call(renewed), token: renewed, isFresh: true };
}

function isRefusedAsInvalid({ exchange: { response } }: ResourceAnswer): boolean {
  const challenge = tokenChallenge(readChallenges(response.headers));
  return (
    response.status === 401 &&
    challenge !== undefined &&
    challengeParameter(challenge, 'error') === 'invalid_token'
  );
}

/** A new token for the session; undefined where none can be had: the refusal of the API stands. */
async function renew({ saved }: AccessToken, invocation: Invocation): Promise<AccessToken | undefined> {
  if (saved === undefined) return undefined;
  const { session, settings } = saved;
  const canRenew =
    hasRefreshToken(session) || isRepeatable(session.grant_type) || isRepeatable(settings.wanted.grantType);
  if (!canRenew) return undefined;
  try {
    const run = sessionRun(invocation);
    const renewed = await obtainToken({ ...settings, freshness: {} }, run, { always: true });
    return accessTokenOf(renewed, settings);
  } catch (error) {
    if (error instanceof LoginRequiredError || error instanceof ErrorResponseError) throw error;
    return undefined;
  }
}
