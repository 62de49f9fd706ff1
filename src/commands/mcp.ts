import { type CheckResult, checkResult } from '../checks/check-result.ts';
import { FindingsError, NamedError, UsageError } from '../errors.ts';
import { aimAtResource } from '../flows/aim-at-resource.ts';
import { callMcp, isStream, type McpAnswer, toolNames } from '../flows/call-mcp.ts';
import { callResource } from '../flows/call-resource.ts';
import type { LoginResult } from '../flows/complete-login.ts';
import type { Conversation } from '../flows/conversation.ts';
import { discoverServer } from '../flows/discover-metadata.ts';
import { discoverResource, isOtherMethod } from '../flows/discover-resource.ts';
import type { LoginSettings } from '../flows/login-settings.ts';
import { getRequest, mediaType } from '../http-message.ts';
import type { McpDocument } from '../output/documents.ts';
import { type StepUp, stepUpOf } from '../output/explain-challenge.ts';
import { ownerOf, phaseNames, renderMcp } from '../output/render-mcp.ts';
import { authorizationOf } from '../output/token-header.ts';
import { readChallenges, tokenChallenge } from '../protocol/challenge.ts';
import { own, recall, say } from '../say.ts';
import { type OptionTable, usual } from '../settings/option-reader.ts';
import { loginOptionGroups, saveOptions, storeOptions } from '../settings/options.ts';
import { type McpSettings, settleMcp } from '../settings/settle-tools.ts';
import type { SessionOwner } from '../storage/session-file.ts';
import { defineCommand, type Invocation } from './command.ts';
import { mayLeadToPrivate, withConversation } from './conversation.ts';
import { checksOfRun, type Journal } from './journal.ts';
import type { HeldClient } from './login/conclude-login.ts';
import { login } from './login.ts';
import { isAnswered, unaskedFor } from './mcp/judge-answer.ts';
import { clientOf, endOf, isOpen, judgeRun, type McpRun, mayJudge } from './mcp/judge-run.ts';
import { printResult } from './print-result.ts';
import { resourceSection } from './resource-section.ts';
import { requestCommand, tokenCommand } from './session/owner-commands.ts';

const callOptions: OptionTable = {
  '--call <tool>': { description: 'call this tool; default: list the tools', perRun: true },
  '--args <json>': { description: 'its arguments, a JSON object', perRun: true },
  '--max-step-up <number>': {
    description: 'log in again so often where the server wants more; default 2',
    perRun: true,
  },
  '--no-login': usual({
    description: 'stop before a user is needed: look at what the server and its authorization server say',
    perRun: true,
  }),
};

const examples = `
Examples:
  $ oauth-code mcp https://mcp.example.com/mcp
  $ oauth-code mcp https://mcp.example.com/mcp --client-id my-app --json
  $ oauth-code mcp https://mcp.example.com/mcp --call search --args '{"query":"x"}'
  $ oauth-code mcp https://mcp.example.com/mcp --no-login

Exit status: 0 when the call was answered, or the server needs no token; 7 when a step is broken;
2, 4, 5 or 130 when no verdict is possible: the user did not sign in, or the command line is wrong.`;

/** The URL is the argument: its option is there for profiles and variables. */
const resourceUrl = { description: 'URL of the server', hidden: true };
const groups = loginOptionGroups.map(([title, table]): (typeof loginOptionGroups)[number] => [
  title,
  '--resource-url <url>' in table ? { ...table, '--resource-url <url>': resourceUrl } : table,
]);

/** Gives `mcp` its argument, options and action. */
export const define = defineCommand({
  description:
    'Follow the authorization of an MCP server (or an API) from its URL to an answered call, and tell which step is broken and whose fault it is.',
  usage: '[URL] [options]',
  words: { '[url]': 'the URL of the MCP server; default: resource_url of the profile' },
  groups: [['Call:', callOptions], ...groups, ['Saving:', { ...saveOptions, ...storeOptions }]],
  notes: examples,
  async action({ settle, command }, [url]) {
    if (url !== undefined && command.opts().resourceUrl !== undefined)
      throw new UsageError('The URL was given twice, as an argument and with --resource-url.');
    if (url !== undefined) command.setOptionValue('resourceUrl', url);
    await runMcp(...(await settle((options, run) => settleMcp(options, run, url))));
  },
});

/**
 * Follows the authorization of an MCP server from its URL to an answered call, prints a verdict on each phase, and names
 * the first that is broken (MCP, Authorization; RFC 9728).
 * @throws FindingsError after printing, when a phase is broken; what ends a run without a verdict
 */
async function runMcp(settings: McpSettings, invocation: Invocation): Promise<void> {
  const { url } = settings;
  const { journal } = invocation;
  const run: McpRun = { url, authorizations: 0 };
  try {
    await follow(settings, run, invocation);
  } catch (error) {
    if (!(error instanceof NamedError)) throw error;
    if (!mayJudge(error, journal)) {
      run.endedIn = endOf(error, journal);
      if (run.found !== undefined) journal.phases = judgeRun(run, checksOfRun(journal), invocation).phases;
      throw error;
    }
    run.error = error;
  }
  const document = describe(run, checksOfRun(journal), invocation);
  const { first_broken: broken, outcome } = document.verdict;
  const next = outcome === 'works' && run.owner ? nextCommand(run.owner, document) : undefined;
  const render: typeof renderMcp = (shown, looks) => renderMcp(shown, looks, next);
  printResult(document, render, invocation, [], { asksForSecrets: false });
  if (broken === null) return;
  const whose = broken.confidence === 'high' ? 'The fault' : 'Most likely the fault';
  throw new FindingsError(
    'findings',
    say`${own(phaseNames[broken.phase])} is broken: ${recall(broken.statement)} ${own(whose)} is that of ${own(ownerOf(broken, document))}.`,
    { step: broken.phase },
  );
}

/** What the session is good for: an API is asked again; a client of an MCP server is given the token. */
function nextCommand(owner: SessionOwner, { answer, url }: McpDocument): string {
  return answer?.method === 'GET' && !url.includes('?') ? requestCommand(owner, url) : tokenCommand(owner);
}

async function follow(settings: McpSettings, run: McpRun, invocation: Invocation): Promise<void> {
  const { url, allowsPrivate, waived, connection, server, call, mostStepUps } = settings;
  const hold = <Result>(
    hold: (conversation: Conversation) => Promise<Result>,
    dpop?: LoginSettings['dpop'],
  ) => withConversation({ connection, waived, dpop }, invocation, hold);
  const wanted = settings.login;
  const held: HeldClient = { goesOn: false };
  await hold(async (conversation) => {
    run.found = await discoverResource(conversation, url, {
      allowsPrivate: mayLeadToPrivate(allowsPrivate, invocation),
      isMcp: true,
    });
    if (run.found.metadata !== null && unaskedFor(run.found.answer, url).isFinal) return;
    if (isOpen(run.found)) {
      run.isOldTransport = run.found.isOldTransport;
      if (call !== undefined) run.answer = await callMcp(conversation, 'request', url, { call });
      return;
    }
    const base: Pick<LoginSettings, 'server' | 'request' | 'dpop'> = wanted?.run.login ?? {
      server,
      request: { scope: [], resources: [], overrides: [] },
      dpop: undefined,
    };
    const aimed = await aimAtResource(conversation, run.found, base);
    if (wanted !== undefined) run.aimed = { ...wanted.run.login, ...aimed };
    else {
      run.isStopped = true;
      const discovered = await discoverServer(conversation, aimed.server, 'first');
      conversation.requireChecks('discovery', discovered.checks);
    }
  });
  for (let asked = run.aimed; wanted !== undefined && asked !== undefined; ) {
    run.authorizations += 1;
    run.aimed = asked;
    await login({ ...wanted, run: { ...wanted.run, login: asked, resource: undefined } }, invocation, {
      isStep: true,
      held,
      onResult: async (result, saved) => {
        run.result = result;
        run.owner = saved.type === 'kept' ? saved.owner : undefined;
        run.answer = await callWith(result);
      },
    });
    const { result, answer } = run;
    const step = held.goesOn && answer && result ? wishOf(answer, result) : undefined;
    asked = step && result && stepUp(asked, step, result, invocation.journal);
  }

  function callWith(result: LoginResult): Promise<McpAnswer> {
    const { accessToken, tokenType } = result.tokens.reading;
    return hold(async (conversation): Promise<McpAnswer> => {
      const isProven = conversation.dpop !== undefined;
      const authorization = authorizationOf({ accessToken, tokenType, expiresAt: null }, waived, isProven);
      const answer = await callMcp(conversation, 'request', url, { authorization, call });
      const isMcp = answer.error !== null || !isOtherMethod(answer.exchange.response);
      const other = isMcp ? answer : await get(conversation, authorization);
      const { headers, status } = other.exchange.response;
      run.isOldTransport = !isMcp && status === 200 && isStream(headers);
      const last = call === undefined ? other : answer;
      // A further login may answer the challenge: the result comes after it.
      held.goesOn =
        !isAnswered(last) && wishOf(last, result) !== undefined && run.authorizations <= mostStepUps;
      if (!held.goesOn) {
        const outcome = isAnswered(last) ? 'pass' : 'fail';
        const { status } = last.exchange.response;
        const how = own(outcome === 'fail' && status < 400 ? ', and that is an error' : '');
        const detail = say`${own(last.method)} was answered with status ${status}${how}.`;
        const checks = [checkResult('resource-answer', outcome, detail)];
        conversation.emit({ type: 'checks', step: 'request', checks });
      }
      return last;
    }, result.dpopKey && { key: result.dpopKey });
  }

  async function get(conversation: Conversation, authorization: string) {
    const request = getRequest(url, '*/*');
    const { exchange } = await callResource(conversation, request, authorization, {
      follow: false,
      isWhole: isStream,
    });
    return { exchange, method: 'GET' as const, version: null, result: null, error: null };
  }
}

function wishOf({ exchange }: McpAnswer, { tokens, requestedScope }: LoginResult): StepUp | undefined {
  const { status, headers } = exchange.response;
  const challenge = tokenChallenge(readChallenges(headers));
  return challenge && stepUpOf(challenge, status, tokens.reading.scope ?? requestedScope);
}

/** The login that a challenge asks for, with the scopes of the earlier ones (RFC 9470 §5, MCP, Scope Challenge Handling). */
function stepUp(
  asked: LoginSettings,
  { scope, acrValues, maxAge }: StepUp,
  result: LoginResult,
  { events }: Journal,
): LoginSettings {
  const granted = result.tokens.reading.scope ?? [];
  // A client that was registered for a port that was free is found again by it.
  const ports = events.flatMap((event) =>
    event.type === 'listening' ? Number(new URL(event.redirect_uri).port) || [] : [],
  );
  return {
    ...asked,
    request: {
      ...asked.request,
      scope: [...new Set([...asked.request.scope, ...granted, ...scope])],
      ...(acrValues === null ? {} : { acrValues }),
      ...(maxAge === null ? {} : { maxAgeSeconds: Number(maxAge) }),
    },
    redirect: { ...asked.redirect, ports: [...ports, ...asked.redirect.ports] },
    dpop: result.dpopKey ? { key: result.dpopKey } : asked.dpop,
  };
}

function describe(run: McpRun, checks: readonly CheckResult[], invocation: Invocation): McpDocument {
  const { url, found, result, answer, authorizations } = run;
  const response = answer?.exchange.response;
  const client = clientOf(invocation.journal);
  return {
    version: 1,
    url,
    ...judgeRun(run, checks, invocation),
    resource: found === undefined ? null : resourceSection(found),
    issuer: result?.issuer ?? run.aimed?.server.issuer ?? null,
    client: client === undefined ? null : { source: client.rung, client_id: client.client_id },
    authorizations,
    answer:
      answer === undefined || response === undefined
        ? null
        : {
            status: response.status,
            content_type: mediaType(response.headers),
            method: answer.method,
            protocol_version: answer.version,
            tools: toolNames(answer),
            result: answer.result,
            error: answer.error,
          },
    checks,
  };
}
