import { closestName } from '../../closest-name.ts';
import type { HttpClient } from '../../context.ts';
import { InvalidResponseError, NamedError, NetworkError } from '../../errors.ts';
import { startConversation } from '../../flows/conversation.ts';
import { type DiscoveredServer, discoverServer } from '../../flows/discover-metadata.ts';
import { isUrl } from '../../http-message.ts';
import { isLoopbackHost } from '../../protocol/redirect-uri.ts';
import { findProvider, providerNamed, providers } from '../../providers/find-provider.ts';
import type { Provider } from '../../providers/provider.ts';
import type { InitSettings } from '../../settings/settle-tools.ts';
import type { Invocation } from '../command.ts';
import { narrateRequests } from '../narrate.ts';
import { tellLine, tellStep } from '../tell.ts';

/** The state that the questions of one run share. */
export interface Wizard {
  readonly invocation: Invocation;
  /** Settings that options or variables give are not asked for. */
  readonly settings: InitSettings;
  /** The answers so far, by option. */
  readonly answers: Map<string, readonly string[]>;
}

/** The settings that are known so far. */
export function settledSoFar({ settings, answers }: Wizard) {
  return settings.answered(answers);
}

/** Tells something between two questions. */
export function tell({ invocation: { context } }: Wizard, ...paragraphs: readonly string[]): void {
  const { stderr } = context.terminal;
  for (const text of paragraphs) tellLine(stderr, text);
}

/** The provider of the server, when it is a known one. */
export type Known = Provider | undefined;

/** The complaint about an answer with which something does not go through. */
export async function complaintOf(
  action: () => unknown,
  words = ({ message }: NamedError) => message,
): Promise<true | string> {
  try {
    await action();
    return true;
  } catch (error) {
    if (error instanceof NamedError) return words(error);
    throw error;
  }
}

/** Refuses an answer that is empty. */
export function notEmpty(answer: string): true | string {
  return answer !== '' || 'Type a value.';
}

/** A server that was found. */
export interface FoundServer {
  readonly discovered: DiscoveredServer;
  readonly known: Known;
}

/** Asks for the server until one is found; one that was given and is not found ends the run. */
export async function askServer(
  wizard: Wizard,
  http: Pick<HttpClient, 'send'>,
  provider: Known,
): Promise<FoundServer> {
  const { settings, answers, invocation } = wizard;
  const isGiven = (['issuer', 'metadata-url', 'token-endpoint'] as const).some((name) =>
    settings.given.has(name),
  );
  let named = provider;
  const filled = new Map<string, string>();
  for (;;) {
    if (named !== undefined) await takeKnown(wizard, named, filled);
    else if (!isGiven) await askWhich(wizard);
    try {
      return await find(wizard, http);
    } catch (error) {
      const isAbsent = error instanceof NetworkError || error instanceof InvalidResponseError;
      if (isGiven || !isAbsent) throw error;
      const { stderr } = invocation.context.terminal;
      tellStep(stderr, { mark: 'fail', name: 'Discovery', text: error.message });
      if (error.hint !== undefined && error instanceof NetworkError) tell(wizard, error.hint);
      answers.clear();
      // A server that does not answer has another host; one that does, another realm or tenant.
      const blanks = [...filled.keys()];
      const wrong = error instanceof NetworkError ? blanks[0] : blanks.at(-1);
      if (wrong === undefined) named = undefined;
      else filled.set(wrong, '');
    }
  }
}

async function find(wizard: Wizard, http: Pick<HttpClient, 'send'>): Promise<FoundServer> {
  const { invocation, answers } = wizard;
  const { signal } = invocation.context;
  const emit = narrateRequests(invocation, { loud: true });
  const conversation = startConversation({ http, signal, emit });
  const server = settledSoFar(wizard).server();
  const known = findProvider(server.issuer ?? server.metadataUrl ?? server.given.token_endpoint ?? '');
  try {
    return { discovered: await discoverServer(conversation, server, 'first'), known };
  } catch (error) {
    if (!(error instanceof InvalidResponseError) || known?.server.type !== 'endpoints') throw error;
    tell(wizard, `${known.name} publishes no metadata there; its known endpoints are used.`);
    answers.clear();
    await takeKnown(wizard, known);
    return { discovered: await discoverServer(conversation, settledSoFar(wizard).server(), 'first'), known };
  }
}

async function askWhich(wizard: Wizard): Promise<void> {
  const { answers, settings, invocation } = wizard;
  const text = await invocation.context.prompt.line('Issuer URL, or the name of a provider', {
    validate(answer) {
      if (answer === '') return 'For example: https://login.example.com, or google';
      if (providerNamed(answer) !== undefined) return true;
      if (/^[a-z][a-z0-9 ]*$/i.test(answer) && answer !== 'localhost') return noProvider(answer);
      return complaintOf(
        () => settings.answered(new Map([['issuer', [answer]]])).server(),
        ({ hint = '' }) => `This is not a URL. ${hint}`.trim(),
      );
    },
  });
  const provider = /^https?:/i.test(text) ? undefined : providerNamed(text);
  if (provider === undefined) answers.set('issuer', [text]);
  else await takeKnown(wizard, provider);
}

function noProvider(answer: string): string {
  const names = providers.flatMap(({ name }) => [name, ...name.split(' ')]);
  const meant = closestName(answer, names);
  return `Unknown provider. ${meant === undefined ? 'Give its issuer URL.' : `Did you mean ${meant}?`}`;
}

/** A host may be answered with its scheme; one of this machine speaks http unless the answer says more. */
function withOwnScheme(url: string): string {
  const [, answered] = /^https:\/\/(https?:\/\/.+)$/i.exec(url) ?? [];
  if (answered !== undefined) return answered.replace(/(?<!:)\/{2,}/g, '/');
  const isHere = isUrl(url) && isLoopbackHost(new URL(url).hostname);
  return isHere ? url.replace(/^https:/, 'http:') : url;
}

/** Fills in what the address of a provider leaves open, such as the tenant. */
async function takeKnown(
  { answers, invocation }: Wizard,
  { name, server }: Provider,
  filled: Map<string, string> = new Map(),
): Promise<void> {
  const fill = async (template: string): Promise<string> => {
    for (const [, blank = ''] of template.matchAll(/\{([^}]+)\}/g)) {
      if (filled.get(blank)) continue;
      filled.set(blank, await invocation.context.prompt.line(`${name}: ${blank}`, { validate: notEmpty }));
    }
    return withOwnScheme(template.replace(/\{([^}]+)\}/g, (_, blank: string) => filled.get(blank) ?? ''));
  };
  switch (server.type) {
    case 'issuer':
      answers.set('issuer', [await fill(server.issuer)]);
      break;
    case 'metadata':
      answers.set('metadata-url', [await fill(server.metadataUrl)]);
      break;
    case 'endpoints':
      answers.set('authorization-endpoint', [await fill(server.authorization)]);
      answers.set('token-endpoint', [await fill(server.token)]);
      if (server.userinfo !== undefined) answers.set('userinfo-endpoint', [await fill(server.userinfo)]);
  }
}
