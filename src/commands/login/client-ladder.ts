import { checkDocumentSupport } from '../../checks/client-document.ts';
import { shownValue } from '../../checks/shown-value.ts';
import type { ClientSource } from '../../client/client.ts';
import { UsageError } from '../../errors.ts';
import type { RegisterClient } from '../../flows/complete-login.ts';
import type { Conversation, FlowEvent } from '../../flows/conversation.ts';
import type { LoginSettings } from '../../flows/login-settings.ts';
import { textMember } from '../../json/json.ts';
import { clientAuthenticationMethods } from '../../protocol/client-authentication.ts';
import { joined, own, recall, remember, type Said, say } from '../../say.ts';
import type { LoginRunSettings } from '../../settings/settle-login.ts';
import type { Invocation } from '../command.ts';
import { createTeller } from '../narrate.ts';
import { createRunRedactor } from '../run-redactor.ts';
import type { AfterLogin } from './conclude-login.ts';
import { type LoginRegistration, registerForLogin } from './register-for-login.ts';

/** A way to a client that was not taken, and why. */
type Passed = readonly [rung: ClientSource, why: Said];
type ClientEvent = Extract<FlowEvent, { type: 'client' }>;

const foundBy: Readonly<Record<ClientSource, string>> = {
  given: 'as it was given',
  document: 'described by its metadata document',
  registered: 'registered for this session',
  cached: 'registered by an earlier login',
};

/** A client, how it was found, and why not by the ways before that. */
export function clientText({ client_id, rung, passed }: ClientEvent): Said {
  const text = say`${client_id}, ${own(foundBy[rung])}`;
  const reasons = passed.map(({ why }) => recall(why));
  return passed.length === 0 ? text : say`${text} (${joined(reasons, '; ')})`;
}

/**
 * Finds the client of a login by the first way that there is: one that the user gives, one that a metadata document
 * describes, one that is registered (MCP, Client Registration Approaches). It is told which, and why none before it.
 */
export function findClient(
  settings: LoginRunSettings,
  after: AfterLogin,
  invocation: Invocation,
): LoginRegistration {
  const { login } = settings;
  const { output } = invocation;
  const { tell } = createTeller(invocation, createRunRedactor(invocation.journal), output.quiet);
  const take = (
    { emit }: Conversation,
    { source: rung = 'given', ...client }: LoginSettings['client'],
    passed: readonly Passed[] = [],
  ) => {
    const told = passed.map(([name, why]) => ({ rung: name, why: remember(why) }));
    const event = { type: 'client', rung, client_id: client.credentials.clientId, passed: told } as const;
    emit(event);
    tell({ mark: 'pass', name: 'Client', text: clientText(event) });
    return { ...client, source: rung };
  };
  const { register: wanted } = login;
  if (wanted === undefined)
    return { register: async (conversation) => take(conversation, login.client), after, async drop() {} };

  const registration = registerForLogin(wanted, settings, after, invocation);
  const register: RegisterClient = async (conversation, server, ...asking) => {
    const { metadata, issuer } = server;
    const support = checkDocumentSupport(metadata);
    const endpoint = textMember(metadata, 'registration_endpoint');
    if (output.verbose) {
      const advertised = say`client_id_metadata_document_supported: ${shownValue(metadata.client_id_metadata_document_supported)}, registration_endpoint: ${shownValue(endpoint)}`;
      tell({ mark: 'skipped', name: 'Client', text: say`the server advertises ${advertised}` });
    }
    const { documentUrl } = wanted;
    const given: Passed = ['given', own('no --client-id')];
    if (documentUrl !== undefined) conversation.requireChecks('registration', [support]);
    const asked = wanted.metadata.token_endpoint_auth_method ?? 'none';
    const method = clientAuthenticationMethods.find((one) => one === asked && !/^client_secret/.test(one));
    const why =
      documentUrl === undefined
        ? own('no --client-metadata-url')
        : support.outcome !== 'pass'
          ? own('the server does not advertise client-id metadata documents')
          : method === undefined
            ? own('a metadata document is for a client without a secret')
            : undefined;
    if (documentUrl !== undefined && method !== undefined && why === undefined) {
      const { credentials } = login.client;
      const client = { ...login.client, method, credentials: { ...credentials, clientId: documentUrl } };
      return take(conversation, { ...client, source: 'document' }, [given]);
    }
    const passed: Passed[] = [given, ['document', why ?? own('')]];
    if (endpoint !== undefined)
      return take(conversation, await registration.register(conversation, server, ...asking), passed);
    throw new UsageError(
      say`${issuer ?? 'The server'} registers no client by itself, and none is known: ${joined(
        passed.map(([, reason]) => reason),
        '; ',
      )}.`,
      {
        step: 'registration',
        hint: own(
          support.outcome === 'pass'
            ? 'Register a client at the server and give --client-id ID; or host a metadata document and give --client-metadata-url URL.'
            : 'Register a client at the server, with the redirect URI of the login, and give --client-id ID.',
        ),
      },
    );
  };
  return { ...registration, register };
}
