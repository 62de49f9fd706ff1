import type { WireFacts } from '../http-message.ts';
import { createStyle } from './style.ts';
import { inertText } from './terminal-text.ts';
import { formatDuration } from './time.ts';
import type { Looks } from './view.ts';

/** How an exchange went over the wire as lines that begin with `*`, ending in a line feed. */
export function renderWire({ reused, remoteAddress, proxy, tls, times }: WireFacts, looks: Looks): string {
  const { dim } = createStyle(looks);
  const { dnsMs, connectMs, tlsMs, sentAfterMs, firstByteAfterMs } = times;
  const parts = [
    ['DNS', dnsMs],
    ['TCP', connectMs],
    ['TLS', tlsMs],
    ['sent after', sentAfterMs],
    ['first byte after', firstByteAfterMs],
  ] as const;
  const took = parts.flatMap(([name, ms]) => (ms === undefined ? [] : [`${name} ${formatDuration(ms)}`]));
  const certificate = tls?.certificate;
  const lines = [
    `${reused ? 'kept-alive' : 'new'} connection to ${remoteAddress ?? 'an unknown address'}${proxy === undefined ? '' : ` through the proxy ${proxy}`}`,
    ...(took.length === 0 ? [] : [took.join(', ')]),
    ...(tls === undefined ? ['no TLS'] : [`${tls.protocol}, ${tls.cipher}`]),
    ...(certificate === undefined
      ? []
      : [
          `certificate of ${certificate.subject} for ${certificate.names}`,
          `issued by ${certificate.issuer}, valid ${dayOf(certificate.validFrom)} to ${dayOf(certificate.validTo)}`,
          `SHA-256 ${certificate.fingerprint}`,
        ]),
  ];
  return lines.map((line) => `${dim(`  * ${inertText(line)}`)}\n`).join('');
}

function dayOf(at: Date): string {
  return Number.isNaN(at.getTime()) ? 'an unknown day' : at.toISOString().slice(0, 10);
}
