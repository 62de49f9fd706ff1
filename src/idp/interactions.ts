import type { IncomingMessage, ServerResponse } from 'node:http';
import type { InteractionDetails, Provider } from 'oidc-provider';
import { pageHeaders, renderConsentPage, renderErrorPage, renderLoginPage, textOf } from './pages.ts';

/** Where the login and consent pages live; the interaction's id follows. */
export const interactionPath = '/interaction/';

/** What is wrong with a request that leaves nothing to grant. */
export const unknownScope = 'The request asks for no scope that this server knows, such as api:read.';

const formLimitBytes = 16_384;

/**
 * Serves the login and the consent page of one interaction and takes what the person decides: Allow grants all that
 * was asked, Deny and Cancel answer `access_denied` (RFC 6749 §4.1.2.1).
 */
export async function serveInteraction(
  provider: Provider,
  userNames: readonly string[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  let details: InteractionDetails;
  try {
    details = await provider.interactionDetails(request, response);
  } catch {
    const why = 'This sign-in is over, or was begun in another browser.';
    return show(response, 400, renderErrorPage('expired', why));
  }
  if (request.method === 'GET' || request.method === 'HEAD') {
    return show(response, 200, await renderPrompt(provider, userNames, details));
  }
  if (request.method !== 'POST' || (request.headers.origin ?? provider.issuer) !== provider.issuer) {
    return show(response, 403, renderErrorPage('forbidden', 'This form was sent from another site.'));
  }
  const body = await readFormBody(request, formLimitBytes);
  if (body === undefined) return show(response, 413, renderErrorPage('too_large', 'This form is too large.'));
  await takeDecision(provider, userNames, details, new URLSearchParams(body), request, response);
}

async function takeDecision(
  provider: Provider,
  userNames: readonly string[],
  details: InteractionDetails,
  form: URLSearchParams,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const action = form.get('action');
  if (action === 'cancel' || action === 'deny') {
    const error_description =
      action === 'deny' ? 'The person denied access.' : 'The person cancelled the sign-in.';
    const denial = { error: 'access_denied', error_description };
    return provider.interactionFinished(request, response, denial, { mergeWithLastSubmission: false });
  }
  if (details.prompt.name === 'login') {
    const accountId = (/^login (.+)$/s.exec(action ?? '')?.[1] ?? form.get('username') ?? '').trim();
    if (!userNames.includes(accountId)) {
      const problem = `There is no user ${JSON.stringify(accountId.slice(0, 60))} here.`;
      return show(response, 200, await renderPrompt(provider, userNames, details, problem));
    }
    const login = { login: { accountId, amr: ['pwd'] } };
    return provider.interactionFinished(request, response, login, { mergeWithLastSubmission: false });
  }
  if (action !== 'allow') return show(response, 200, await renderPrompt(provider, userNames, details));
  const result = await grantAll(provider, details);
  return provider.interactionFinished(request, response, result, {
    mergeWithLastSubmission: 'consent' in result,
  });
}

/** The library answers `access_denied` without a reason where nothing is left to grant (RFC 6749 §3.3 has a code for it). */
async function grantAll(provider: Provider, { grantId, session, params, prompt }: InteractionDetails) {
  const known = grantId === undefined ? undefined : await provider.Grant.find(grantId);
  const grant =
    known ??
    new provider.Grant({ accountId: session?.accountId ?? '', clientId: textOf(params.client_id) ?? '' });
  const { missingOIDCScope, missingOIDCClaims, missingResourceScopes, rar } = prompt.details;
  if (missingOIDCScope !== undefined) grant.addOIDCScope(missingOIDCScope.join(' '));
  if (missingOIDCClaims !== undefined) grant.addOIDCClaims(missingOIDCClaims);
  for (const [resource, scopes] of Object.entries(missingResourceScopes ?? {})) {
    grant.addResourceScope(resource, scopes.join(' '));
  }
  for (const detail of rar ?? []) grant.addRar(detail);
  const asked = new Set(textOf(params.scope)?.split(' '));
  const granted = [
    grant.getOIDCScopeFiltered(asked),
    ...[params.resource ?? []]
      .flat()
      .map((resource) => grant.getResourceScopeFiltered(String(resource), asked)),
  ];
  if (rar === undefined && granted.every((scope) => scope === ''))
    return {
      error: 'invalid_scope',
      error_description: unknownScope,
    };
  return { consent: { grantId: await grant.save() } };
}

async function renderPrompt(
  provider: Provider,
  userNames: readonly string[],
  details: InteractionDetails,
  problem?: string,
): Promise<string> {
  const clientId = textOf(details.params.client_id) ?? '';
  const clientName = (await provider.Client.find(clientId))?.clientName ?? clientId;
  if (details.prompt.name !== 'login') return renderConsentPage(clientName, details);
  const hint = textOf(details.params.login_hint) ?? '';
  const proposedUser = userNames.includes(hint) ? hint : (userNames[0] ?? '');
  return renderLoginPage(clientName, userNames, proposedUser, problem);
}

function show(response: ServerResponse, status: number, page: string): void {
  response.writeHead(status, { ...pageHeaders, 'content-length': Buffer.byteLength(page) });
  response.end(page);
}

/** Reads a request body as a text, or gives undefined as soon as it is longer than the limit. */
export async function readFormBody(
  request: IncomingMessage,
  limitBytes: number,
): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
    length += bytes.length;
    if (length > limitBytes) return undefined;
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}
