import { loginGrant, refreshType } from '../../client/grants.ts';
import { NamedError, ValidationError } from '../../errors.ts';
import type { RegisterClient } from '../../flows/complete-login.ts';
import { requireEndpoint } from '../../flows/discover-metadata.ts';
import type { LoginSettings } from '../../flows/login-settings.ts';
import { describeClient, secretsOf } from '../../flows/register-client.ts';
import { type JsonObject, textListMember, textMember } from '../../json/json.ts';
import { clientAuthenticationMethods } from '../../protocol/client-authentication.ts';
import { deviceCodeType } from '../../protocol/grant-types.ts';
import { splitScope } from '../../protocol/parameters.ts';
import { say } from '../../say.ts';
import { chooseKeeping } from '../../sessions/keep-session.ts';
import type { LoginRunSettings } from '../../settings/settle-login.ts';
import {
  openRegistration,
  removeRegistration,
  type SavedRegistration,
  savedRegistrations,
  saveRegistration,
} from '../../storage/registration-store.ts';
import type { Invocation } from '../command.ts';
import { dropUnusedClients, withdraw } from '../register/withdraw.ts';
import type { AfterLogin } from './conclude-login.ts';

/** The client that a login registers for its session. */
export interface LoginRegistration {
  readonly register: RegisterClient;
  /** Deletes the client when no session was kept that uses it. */
  readonly after: AfterLogin;
  /** Deletes the client of a login that failed or was cancelled, unless a session uses it. */
  drop(): Promise<void>;
}

/**
 * Prepares to register a client for a login with the redirect URI that it has. It is kept with the session, and used
 * again by the next login that asks for the same: servers limit how many there are.
 */
export function registerForLogin(
  { metadata: asked, initialAccessToken, store }: NonNullable<LoginSettings['register']>,
  settings: LoginRunSettings,
  after: AfterLogin,
  invocation: Invocation,
): LoginRegistration {
  const { context, journal } = invocation;
  const { connection, login } = settings;
  const access = { connection, waived: login.waived };
  const keeps = after.saveSession !== undefined && store !== 'none';
  const { held } = after;
  if (held !== undefined) held.goesOn = false;
  let client = held?.client?.client;
  let saved: SavedRegistration | undefined;
  let isKept = false;

  const register: RegisterClient = async (conversation, server, asking, redirectUri) => {
    const url = requireEndpoint(server, 'registration_endpoint');
    const issuer = server.issuer ?? new URL(url).origin;
    const metadata = {
      token_endpoint_auth_method: methodFor(server.metadata),
      ...asked,
      ...metadataFor(redirectUri, server.metadata),
      ...scopeFor(asking, server.metadata),
    };
    const fits = (one: SavedRegistration) =>
      one.of_login && one.issuer === issuer && isClientFor(metadata, one);
    const known = keeps ? (await savedRegistrations(context)).find(fits) : undefined;
    const remember = async (members: JsonObject & { client_id: string }) => {
      client = members;
      journal.open.push(members.client_id);
      const keeping = keeps ? await chooseKeeping(store, context) : 'none';
      if (keeping === 'none') {
        if (held !== undefined) held.client = { asked: metadata, client: members };
        return;
      }
      const registration = { issuer, client_id: members.client_id, of_login: true, asked: metadata };
      ({ saved } = await saveRegistration(context, keeping, registration, members));
    };
    if (held?.client !== undefined && !isClientFor(metadata, held.client)) await drop();
    if (known !== undefined) {
      saved = known;
      const members = await readAgain(known);
      if (members !== undefined) await remember(members);
    }
    const source = client === undefined ? 'registered' : 'cached';
    if (client === undefined) {
      const { judgeAddress } = asking.server;
      const place = { url, token: initialAccessToken, judgeAddress };
      await remember(await describeClient(conversation, 'create', place, metadata, context.now()));
    }
    return { ...clientOf(client ?? {}, metadata), source };

    /** undefined where the server does not know it any more, or its secret has expired. */
    async function readAgain(
      one: SavedRegistration,
    ): Promise<(JsonObject & { client_id: string }) | undefined> {
      const opened = await openRegistration(context, one);
      for (const secret of secretsOf(opened)) conversation.emit({ type: 'secret', ...secret });
      const { client_id } = one;
      const uri = textMember(opened, 'registration_client_uri');
      if (uri === undefined) return { ...opened, client_id };
      const place = { url: uri, token: textMember(opened, 'registration_access_token') };
      try {
        return {
          ...opened,
          ...(await describeClient(conversation, 'read', place, undefined, context.now(), client_id)),
        };
      } catch (error) {
        if (
          !(error instanceof NamedError) ||
          !/^(?:endpoint_error|invalid_response|validation_failed)$/.test(error.code)
        )
          throw error;
        const text = 'The client of earlier logins is of no use any more; another is registered.';
        conversation.emit({ type: 'remark', step: 'registration', text });
        if (error.code === 'validation_failed') await withdraw(opened, access, invocation);
        await removeRegistration(context, one);
        saved = undefined;
        return undefined;
      }
    }
  };

  function clientOf(members: JsonObject, metadata: JsonObject) {
    const secret = textMember(members, 'client_secret');
    const asked = metadata.token_endpoint_auth_method;
    const named = members.token_endpoint_auth_method ?? asked;
    const method = clientAuthenticationMethods.find((one) => one === named);
    // A key or certificate for it was not asked for, and is not there.
    if (method === undefined || (named !== asked && /private_key|tls/.test(method)))
      throw new ValidationError(
        'registration-auth-method',
        say`The client was registered for ${String(named)}, and asked for ${String(asked)}.`,
        { step: 'registration', hint: 'Ask for another method with --auth-method.' },
      );
    return {
      ...login.client,
      method,
      credentials: {
        ...login.client.credentials,
        clientId: textMember(members, 'client_id') ?? '',
        clientSecret: secret,
      },
    };
  }

  async function drop(): Promise<void> {
    if (isKept || held?.goesOn === true) return;
    if (saved !== undefined) await dropUnusedClients([saved], access, invocation);
    else if (client !== undefined) await withdraw(client, access, invocation);
    client = undefined;
    saved = undefined;
  }

  return {
    register,
    drop,
    after: {
      ...after,
      async saveSession(result) {
        const outcome = (await after.saveSession?.(result, saved?.secrets.client_secret)) ?? {
          type: 'unwanted' as const,
        };
        isKept = outcome.type === 'kept';
        await drop();
        return outcome;
      },
    },
  };
}

/** A public client, unless the server says that it takes none (RFC 7591 §2). */
function methodFor(server: JsonObject): string {
  const supported = textListMember(server, 'token_endpoint_auth_methods_supported') ?? [];
  // In the order of the server: some take the first that they list alone.
  const secret = supported.find((method) => /^client_secret_(?:basic|post)$/.test(method));
  return supported.includes('none') ? 'none' : (secret ?? 'none');
}

/**
 * All the scope that a client may come to ask for at a resource (RFC 7591 §2), unless the server lists others than that
 * of the login: some grant what a client registered, others refuse what they do not know. A step-up then needs no other
 * client.
 */
function scopeFor(
  { resourceScope, request: { scope } }: Pick<LoginSettings, 'request' | 'resourceScope'>,
  server: JsonObject,
): JsonObject {
  const supported = textListMember(server, 'scopes_supported');
  const isKnown = (one: string) => supported?.includes(one) !== false;
  if (!resourceScope || scope.length === 0 || !scope.every(isKnown)) return {};
  const known = new Set([...resourceScope, ...scope].filter(isKnown));
  return { scope: [...known].sort().join(' ') };
}

/**
 * Whether a client was registered for all that is wanted now; which scope it has without one is up to the server (RFC
 * 7591 §2). No client is registered for a scope that the server does not list: a login that asks for one goes on with
 * the client that there is.
 */
function isClientFor(
  wanted: JsonObject,
  { asked, client }: Pick<SavedRegistration, 'asked' | 'client'>,
): boolean {
  const words = (of: JsonObject) => splitScope(textMember(of, 'scope') ?? '');
  const registered = [...words(asked), ...words(client)];
  return (
    JSON.stringify({ ...asked, scope: '' }) === JSON.stringify({ ...wanted, scope: '' }) &&
    words(wanted).every((word) => registered.includes(word))
  );
}

/** The members that follow from the flow and the redirect URI (RFC 7591 §2, OIDC Registration §2). */
function metadataFor(redirectUri: string | undefined, server: JsonObject): JsonObject {
  const supported = textListMember(server, 'grant_types_supported');
  const grant = redirectUri === undefined ? deviceCodeType : loginGrant.type;
  return {
    application_type: redirectUri?.startsWith('https:') ? 'web' : 'native',
    redirect_uris: redirectUri === undefined ? [] : [redirectUri],
    grant_types: [grant, ...(supported?.includes(refreshType) === false ? [] : [refreshType])],
    response_types: redirectUri === undefined ? [] : ['code'],
  };
}
