import { Buffer } from 'node:buffer';
import type { Parameters } from './parameters.ts';

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * Decodes application/x-www-form-urlencoded data in order (RFC 6749 Appendix B). A plus sign is a space, a percent
 * sign that starts no octet stands for itself, octets that are not UTF-8 become U+FFFD, and empty parts are left out.
 */
export function parseForm(text: string): Parameters {
  return text
    .split('&')
    .filter((part) => part !== '')
    .map((part) => {
      const at = part.indexOf('=');
      const [name, value] = at === -1 ? [part, ''] : [part.slice(0, at), part.slice(at + 1)];
      return [decodeComponent(name), decodeComponent(value)];
    });
}

function decodeComponent(text: string): string {
  const spaced = text.replaceAll('+', ' ');
  return spaced.includes('%')
    ? spaced.replace(/(?:%[\da-f]{2})+/gi, (octets) =>
        utf8.decode(Buffer.from(octets.replaceAll('%', ''), 'hex')),
      )
    : spaced;
}
