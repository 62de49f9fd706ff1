import { checkClockSkew, measureClockSkew } from '../../checks/clock-skew.ts';
import { durationText } from '../../checks/shown-value.ts';
import type { Context } from '../../context.ts';
import { NamedError } from '../../errors.ts';
import { startConversation } from '../../flows/conversation.ts';
import { type DiscoveredServer, discoverServer } from '../../flows/discover-metadata.ts';
import type { ServerSettings } from '../../flows/login-settings.ts';
import { type HttpExchange, headerValue, type WireFacts } from '../../http-message.ts';
import type { DoctorCheck } from '../../output/render-doctor.ts';
import { isLoopbackHost } from '../../protocol/redirect-uri.ts';
import type { DoctorSettings } from '../../settings/settle-tools.ts';
import type { Invocation } from '../command.ts';
import { narrateDiscovery } from '../discover/run-discover.ts';
import { recordTrace } from '../trace/record-trace.ts';

/** A certificate that ends sooner is worth a warning. */
const soonDays = 14;

/** Whether the authorization server can be reached, by TLS, publishes metadata, and agrees on the time. */
export async function checkServer(
  settings: DoctorSettings,
  server: ServerSettings,
  url: string,
  invocation: Invocation,
): Promise<DoctorCheck[]> {
  const { output } = settings;
  const { context } = invocation;
  const clockTolerance = settings.clockToleranceSeconds();
  const emit = await recordTrace(output, invocation, 'doctor', narrateDiscovery(output, invocation));
  const exchanges: HttpExchange[] = [];
  const seen = () =>
    exchanges
      .slice(0, 1)
      .flatMap((first) => [
        checkReached(first, url),
        checkTls(first, context.now()),
        checkClock(first, clockTolerance),
      ]);
  try {
    const http = await context.connect(await settings.connection());
    try {
      const conversation = startConversation({
        http,
        signal: context.signal,
        emit: (event) => {
          if (event.type === 'exchange') exchanges.push(event.exchange);
          emit(event);
        },
      });
      const discovered = await discoverServer(conversation, server, 'first');
      return [...seen(), checkMetadata(discovered, url, settings)];
    } finally {
      await http.close();
    }
  } catch (error) {
    if (context.signal.aborted || !(error instanceof NamedError)) throw error;
    return [...seen(), explainFailure(error, exchanges.length > 0)];
  }
}

function explainFailure(error: NamedError, answered: boolean): DoctorCheck {
  const { code, message, hint } = error;
  if (code === 'config' || code === 'usage') return brokenConnection(error);
  const [id, title, advice] =
    code === 'tls'
      ? ['tls', 'TLS', 'If a company or test CA is behind it: --ca-file FILE.']
      : answered
        ? ['metadata', 'Metadata', 'Check the issuer.']
        : ['server', 'Server', 'Check the address, the network and the proxy.'];
  return { id, outcome: 'fail', title, detail: message, cure: hint ?? advice };
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
  const where = proxy === undefined ? remoteAddress : `the proxy ${proxy}`;
  const at = where === undefined ? '' : ` ${proxy === undefined ? 'at' : 'through'} ${where}`;
  const detail = `${new URL(url).host} answers${at}: ${shown.join(', ')}.`;
  return { id: 'server', outcome: 'pass', title: 'Server', detail };
}

function checkTls({ request, wire }: HttpExchange, now: Date): DoctorCheck {
  const check = { id: 'tls', title: 'TLS' };
  const { protocol, hostname } = new URL(request.url);
  if (protocol === 'http:') {
    return isLoopbackHost(hostname)
      ? { ...check, outcome: 'pass', detail: 'None is needed: the server is on this machine.' }
      : {
          ...check,
          outcome: 'warn',
          detail: 'The issuer is http: everybody on the way can read and change what is sent.',
          cure: 'Use the https address of the server.',
        };
  }
  const tls = wire?.tls;
  if (tls === undefined) return { ...check, outcome: 'pass', detail: 'The certificate was verified.' };
  const old = /^TLSv1(\.1)?$/.test(tls.protocol);
  const agreed = `${tls.protocol}, ${tls.cipher}`;
  const { certificate } = tls;
  if (old) {
    const cure = 'The operator of the server has to turn on TLS 1.2 or 1.3 (RFC 8996).';
    return { ...check, outcome: 'warn', detail: `${agreed}: outdated.`, cure };
  }
  if (certificate === undefined) return { ...check, outcome: 'pass', detail: `${agreed}.` };
  const left = (certificate.validTo.getTime() - now.getTime()) / 1000;
  const day = certificate.validTo.toISOString().slice(0, 10);
  const ends = left < 0 ? `ended ${durationText(left)} ago` : `ends in ${durationText(left)}`;
  const detail = `${agreed}; certificate from ${certificate.issuer} ${ends}, on ${day}.`;
  if (left >= soonDays * 86_400) return { ...check, outcome: 'pass', detail };
  const cure =
    'The operator of the server has to renew the certificate; check the clock of this machine too.';
  return { ...check, outcome: 'warn', detail, cure };
}

function checkClock({ response, startedAt, durationMs }: HttpExchange, tolerance: number): DoctorCheck {
  const skew = measureClockSkew(headerValue(response.headers, 'date'), startedAt, durationMs);
  const { outcome, detail } = checkClockSkew(skew, tolerance);
  const check = { id: 'clock', title: 'Clock', detail };
  if (outcome !== 'warn' && outcome !== 'fail') return { ...check, outcome: 'pass' };
  return {
    ...check,
    outcome: 'warn',
    detail: detail.replace(/ Times in tokens may be misjudged.*$/, ' Times in tokens may be misjudged.'),
    cure: `Set the clock that is wrong (this machine: timedatectl, w32tm /resync, sntp), or use --clock-tolerance ${Math.abs(skew ?? 0) + 5}.`,
  };
}

function checkMetadata(
  { documents, attempts, checks }: DiscoveredServer,
  url: string,
  { connectionFiles, proxy }: DoctorSettings,
): DoctorCheck {
  const check = { id: 'metadata', title: 'Metadata' };
  const [found] = documents;
  const way = proxy !== undefined || connectionFiles().length > 0;
  const cure = `See: oauth-code discover ${url}${way ? ' (with the connection options of this run)' : ''}`;
  if (found === undefined) {
    const tried = attempts.map((attempt) => `${attempt.url} (${attempt.result})`).join('; ');
    return { ...check, outcome: 'warn', detail: `None; the given endpoints are used. Tried: ${tried}`, cure };
  }
  const failed = checks.filter(({ outcome }) => outcome === 'fail');
  const [first] = failed;
  if (first === undefined) return { ...check, outcome: 'pass', detail: found.url };
  const more = failed.length === 1 ? '' : ` ${failed.length - 1} more failed.`;
  return { ...check, outcome: 'fail', detail: `${first.title}: ${first.detail}${more}`, cure };
}

const connection = { id: 'connection', title: 'Connection options' };

/** Whether the options of a connection, and the files they name, can be used; nothing when none was given. */
export async function checkConnection(settings: DoctorSettings, context: Context): Promise<DoctorCheck[]> {
  const named = settings.connectionFiles();
  try {
    // The proxy has a row of its own.
    const { proxy: _, ...direct } = await settings.connection();
    if (named.length === 0) return [];
    await (await context.connect(direct)).close();
    return [{ ...connection, outcome: 'pass', detail: `${[...new Set(named)].join(', ')} can be used.` }];
  } catch (error) {
    if (!(error instanceof NamedError) || error === context.signal.reason) throw error;
    return [brokenConnection(error)];
  }
}

/** The failure of options that cannot be used. */
function brokenConnection({ message, hint }: NamedError): DoctorCheck {
  return { ...connection, outcome: 'fail', detail: message, cure: hint ?? 'Correct the option.' };
}
