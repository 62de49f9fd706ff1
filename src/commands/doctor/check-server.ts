import { checkClockSkew, measureClockSkew } from '../../checks/clock-skew.ts';
import { durationText } from '../../checks/shown-value.ts';
import type { Context } from '../../context.ts';
import type { Diagnosis } from '../../diagnosis/diagnosis.ts';
import { NamedError } from '../../errors.ts';
import type { AuthorizationSettings } from '../../flows/authorization-code.ts';
import type { Conversation } from '../../flows/conversation.ts';
import { type DiscoveredServer, discoverServer } from '../../flows/discover-metadata.ts';
import type { ServerSettings } from '../../flows/login-settings.ts';
import { type HttpExchange, headerValue, type WireFacts } from '../../http-message.ts';
import { textListMember, textMember } from '../../json/json.ts';
import type { DoctorCheck } from '../../output/render-doctor.ts';
import { cibaType, deviceCodeType } from '../../protocol/grant-types.ts';
import { isLoopbackHost } from '../../protocol/redirect-uri.ts';
import { serverExtensions } from '../../protocol/server-extensions.ts';
import { own, recall, remember, type Said, say } from '../../say.ts';
import type { DoctorSettings } from '../../settings/settle-tools.ts';
import type { Invocation } from '../command.ts';
import { withConversation } from '../conversation.ts';
import { createRunRedactor } from '../run-redactor.ts';
import { about } from './check-machine.ts';

/** A certificate that ends sooner is worth a warning. */
const soonDays = 14;

/** Whether the authorization server can be reached, by TLS, publishes metadata, and agrees on the time. */
export async function checkServer(
  settings: DoctorSettings,
  server: ServerSettings,
  url: string,
  invocation: Invocation,
): Promise<DoctorCheck[]> {
  const { context, journal } = invocation;
  const exchanges = () =>
    journal.events.flatMap((event) => (event.type === 'exchange' ? [event.exchange] : []));
  const seen = () =>
    exchanges()
      .slice(0, 1)
      .flatMap((first) => [
        checkReached(first, url),
        checkTls(first, context.now()),
        checkClock(first, settings.clockToleranceSeconds),
      ]);
  const { connection } = settings;
  try {
    return await withConversation({ connection }, invocation, async (conversation) => {
      const discovered = await discoverServer(conversation, server, 'first');
      const isPrivate = discovered.checks.some(({ id }) => id === 'metadata-private-address');
      const page =
        settings.probe &&
        !isPrivate &&
        (await checkPage(settings.probe, settings, discovered, conversation, invocation));
      const extensions = serverExtensions(discovered.metadata).map(({ text, option }) =>
        option === undefined ? text : `${text} (login: --${option})`,
      );
      return [
        ...seen(),
        checkMetadata(discovered, url, settings),
        ...checkGrant(discovered, settings),
        ...(extensions.length > 0
          ? [about('extensions', 'Extensions').pass(`${extensions.join('; ')}.`)]
          : []),
        ...checkRegistration(discovered),
        ...(page ? [page] : []),
      ];
    });
  } catch (error) {
    if (context.signal.aborted || !(error instanceof NamedError)) throw error;
    return [...seen(), explainFailure(error, exchanges().length > 0)];
  }
}

/** How the server answers an authorization request without a person. */
async function checkPage(
  settle: () => Promise<AuthorizationSettings>,
  { redirect }: DoctorSettings,
  server: DiscoveredServer,
  conversation: Conversation,
  { context, journal }: Invocation,
): Promise<DoctorCheck> {
  const check = about('authorization-page', 'Authorization page');
  return check.attempt(async () => {
    const { buildRequest, mayRepeat } = await import('../../flows/authorization-code.ts');
    // A server that takes any port takes the usual one too.
    const redirectUri = (await redirect()).uri.replace(/(?<=^http:\/\/[^/]+):0(?=\/|$)/, ':8378');
    const request = buildRequest(server, await settle(), redirectUri);
    conversation.emit({ type: 'authorization-url', url: request.url, redirectUri, listening: false });
    if (server.metadata.require_pushed_authorization_requests === true)
      return check.warn(
        'Not fetched: the server takes only pushed requests, each of them once.',
        'Run the login: oauth-code login pushes its request.',
      );
    if (!mayRepeat(request))
      return check.warn(
        'Not fetched: the request names a user, works only once, or forbids a page.',
        repeatCure,
      );
    const { readPage } = await import('../read-page.ts');
    const { type, said } = await readPage(request, conversation, journal, context.signal);
    const { redactMessage } = createRunRedactor(journal);
    const seen = redactMessage(remember(said));
    const { diagnosis } = (await import('../diagnose-failure.ts')).diagnosePage(journal);
    if (type === 'error') return check.fail(seen, redactMessage(remember(cureOf(diagnosis[0]))));
    return /^(?:unanswered|dead|circle)$/.test(type)
      ? check.warn(seen, 'Open the address in a browser.')
      : check.pass(seen);
  }, 'Correct the option.');
}

function cureOf(cause: Diagnosis | undefined): Said {
  if (cause === undefined)
    return own('Compare client_id and redirect_uri with the registration of the client.');
  return say`${recall(cause.cause)} ${recall(cause.try)}`;
}

const repeatCure = 'Leave out request_uri, request, login_hint, id_token_hint and prompt=none.';

function explainFailure(error: NamedError, answered: boolean): DoctorCheck {
  const { code, message, hint } = error;
  if (code === 'config' || code === 'usage') return brokenConnection(error);
  const [id, title, advice] =
    code === 'tls'
      ? ['tls', 'TLS', 'If a company or test CA is behind it: --ca-file FILE.']
      : answered
        ? ['metadata', 'Metadata', 'Check the issuer.']
        : ['server', 'Server', 'Check the address, the network and the proxy.'];
  return about(id, title).fail(message, hint ?? advice);
}

function checkReached({ wire, durationMs }: HttpExchange, url: string): DoctorCheck {
  const { times, remoteAddress, proxy }: Partial<WireFacts> = wire ?? {};
  const parts = [
    ['DNS', times?.dnsMs],
    ['TCP', times?.connectMs],
    ['TLS', times?.tlsMs],
    ['all', durationMs],
  ] as const;
  const shown = parts.flatMap(([name, ms]) => (ms === undefined ? [] : [`${name} ${Math.round(ms)} ms`]));
  const { host } = new URL(url);
  const at = remoteAddress === undefined || remoteAddress === host ? '' : ` at ${remoteAddress}`;
  const where = proxy === undefined ? at : ` through the proxy ${proxy}`;
  return about('server', 'Server').pass(`${host} answers${where}: ${shown.join(', ')}.`);
}

function checkTls({ request, wire }: HttpExchange, now: Date): DoctorCheck {
  const check = about('tls', 'TLS');
  const { protocol, hostname } = new URL(request.url);
  if (protocol === 'http:') {
    return isLoopbackHost(hostname)
      ? check.pass('Not needed: the server is on this machine.')
      : check.warn(
          'The issuer is http: anyone on the network path can read and change what is sent.',
          'Use the https address of the server.',
        );
  }
  const tls = wire?.tls;
  if (tls === undefined) return check.pass('The certificate was verified.');
  const agreed = `${tls.protocol}, ${tls.cipher}`;
  if (/^TLSv1(\.1)?$/.test(tls.protocol)) {
    const cure = 'The operator of the server has to turn on TLS 1.2 or 1.3 (RFC 8996).';
    return check.warn(`${agreed}: outdated.`, cure);
  }
  const { certificate } = tls;
  if (certificate === undefined) return check.pass(`${agreed}.`);
  const left = (certificate.validTo.getTime() - now.getTime()) / 1000;
  const day = certificate.validTo.toISOString().slice(0, 10);
  const ends = left < 0 ? `ended ${durationText(left)} ago` : `ends in ${durationText(left)}`;
  const detail = `${agreed}; certificate from ${certificate.issuer} ${ends}, on ${day}.`;
  const cure =
    'The operator of the server has to renew the certificate; check the clock of this machine too.';
  return left < soonDays * 86_400 ? check.warn(detail, cure) : check.pass(detail);
}

function checkClock({ response, startedAt, durationMs }: HttpExchange, tolerance: number): DoctorCheck {
  const skew = measureClockSkew(headerValue(response.headers, 'date'), startedAt, durationMs);
  const { outcome, detail } = checkClockSkew(skew, tolerance);
  const check = about('clock', 'Clock');
  if (outcome !== 'warn' && outcome !== 'fail') return check.pass(detail);
  return check.warn(
    detail.replace(/ Times in tokens may be misjudged.*$/, ' Times in tokens may be misjudged.'),
    `Set the clock that is wrong (this machine: timedatectl, w32tm /resync, sntp), or use --clock-tolerance ${Math.abs(skew ?? 0) + 5}.`,
  );
}

function checkMetadata(
  { documents, attempts, checks }: DiscoveredServer,
  url: string,
  { connectionFiles, proxy }: DoctorSettings,
): DoctorCheck {
  const check = about('metadata', 'Metadata');
  const [found] = documents;
  const way = proxy !== undefined || connectionFiles().length > 0;
  const cure = `See: oauth-code discover ${url}${way ? ' (with the connection options of this run)' : ''}`;
  if (found === undefined) {
    const tried = attempts.map((attempt) => `${attempt.url} (${attempt.result})`).join('; ');
    return check.warn(`No metadata; the given endpoints are used. Tried: ${tried}`, cure);
  }
  const [first, ...others] = checks.filter(({ outcome }) => outcome === 'fail');
  if (first === undefined) return check.pass(found.url);
  const more = others.length === 0 ? '' : ` ${others.length} more failed.`;
  return check.fail(`${first.title}: ${first.detail}${more}`, cure);
}

/** Where a grant begins that does not begin at the token endpoint. */
const beginnings: Readonly<Record<string, string>> = {
  [deviceCodeType]: 'device_authorization_endpoint',
  [cibaType]: 'backchannel_authentication_endpoint',
  authorization_code: 'authorization_endpoint',
  implicit: 'authorization_endpoint',
};

/** Whether the server offers the grant that is wanted. */
function checkGrant({ documents, metadata }: DiscoveredServer, { grantType }: DoctorSettings): DoctorCheck[] {
  if (grantType === undefined || documents.length === 0) return [];
  const check = about('grant', 'Grant');
  const endpoint = beginnings[grantType] ?? 'token_endpoint';
  const listed = textListMember(metadata, 'grant_types_supported');
  const cure = 'Ask the operator of the server to switch the grant on.';
  if (textMember(metadata, endpoint) === undefined)
    return [check.fail(`The server has no ${endpoint}, at which ${grantType} begins.`, cure)];
  if (listed === undefined) return [check.pass(`The server does not say whether it has ${grantType}.`)];
  return listed.includes(grantType)
    ? [check.pass(`The server has ${grantType}.`)]
    : [check.warn(`The server does not list ${grantType} (grant_types_supported).`, cure)];
}

/** Where clients can be registered. To try it would leave a client at the server. */
function checkRegistration({ documents, metadata }: DiscoveredServer): DoctorCheck[] {
  if (documents.length === 0) return [];
  const url = textMember(metadata, 'registration_endpoint');
  const offer =
    url === undefined
      ? 'No registration_endpoint: the operator of the server registers clients.'
      : `${url} registers clients (oauth-code register, login --register); not tried.`;
  return [about('registration', 'Registration').pass(offer)];
}

const connection = about('connection', 'Connection options');

/** Whether the options of a connection, and the files they name, can be used; nothing when none was given. */
export async function checkConnection(settings: DoctorSettings, context: Context): Promise<DoctorCheck[]> {
  const named = settings.connectionFiles();
  try {
    // The proxy has a row of its own.
    const { proxy: _, ...direct } = await settings.connection();
    if (named.length === 0) return [];
    await (await context.connect(direct)).close();
    return [connection.pass(`${[...new Set(named)].join(', ')} can be used.`)];
  } catch (error) {
    if (!(error instanceof NamedError) || error === context.signal.reason) throw error;
    return [brokenConnection(error)];
  }
}

function brokenConnection({ message, hint }: NamedError): DoctorCheck {
  return connection.fail(message, hint ?? 'Correct the option.');
}
