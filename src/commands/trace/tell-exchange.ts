import type { FlowStep } from '../../client/middleware.ts';
import { NamedError } from '../../errors.ts';
import type { FlowEvent } from '../../flows/conversation.ts';
import type { HttpExchange } from '../../http-message.ts';
import type { Redactor } from '../../output/redact.ts';
import { renderExchange, renderUnanswered, renderWire } from '../../output/render-exchange.ts';
import type { Invocation } from '../command.ts';

/**
 * Shows an exchange on stderr when `-v` asks for it, redacted unless secrets are to be shown; with `-vv` also the
 * header fields that the transport added, the connection, its TLS and the times.
 */
export function tellExchange(
  exchange: HttpExchange,
  redactor: Redactor,
  { context, output }: Invocation,
): void {
  if (!output.verbose && !output.wire) return;
  const { stderr } = context.terminal;
  const { request, wire } = exchange;
  const whole = output.wire && wire !== undefined;
  const sent = whole ? { ...request, headers: wire.sentHeaders ?? request.headers } : request;
  const shown = output.showSecrets ? undefined : redactor;
  if (whole) stderr.write(renderWire(wire, stderr));
  stderr.write(renderExchange({ ...exchange, request: sent }, shown, stderr));
}

/** Shows with `-v` a request that was not answered, redacted alike. */
export function tellUnanswered(
  { request, error }: Extract<FlowEvent, { type: 'request-failed' }>,
  redactor: Redactor,
  { context, output }: Invocation,
): void {
  if (!output.verbose && !output.wire) return;
  const { stderr } = context.terminal;
  const reason = error instanceof NamedError ? error.message : 'something went wrong';
  const shown = output.showSecrets ? undefined : redactor;
  stderr.write(renderUnanswered(request, redactor.redact(reason), shown, stderr));
}

/** The legs of a conversation as progress lines call them. */
export const stepNames: Readonly<Record<FlowStep, string>> = {
  discovery: 'Discovery',
  keys: 'Keys',
  registration: 'Register',
  listener: 'Listener',
  par: 'Push',
  device_authorization: 'Device',
  backchannel_authentication: 'Backchannel',
  authorization: 'Answer',
  probe: 'Page',
  token: 'Token',
  id_token: 'ID token',
  userinfo: 'UserInfo',
  request: 'Request',
  resource: 'Resource',
  introspection: 'Introspect',
  revocation: 'Revocation',
  end_session: 'Logout',
  assertion: 'Assertion',
  expectation: 'Expected',
};
