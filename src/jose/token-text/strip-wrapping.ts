import { Buffer } from 'node:buffer';

/** What may stand around a token and belongs to none: quotes, brackets and whatever separates. */
const outside = new Set('"\'`“”‘’()[]{}<>,;| \t\r\n');

/** Takes surrounding whitespace and quotes away, as long as what they quote holds no further ones. */
export function stripQuotes(text: string): string {
  let inner = text.trim();
  for (const quote of ['"', "'", '`']) {
    const isQuoted = inner.length > 1 && inner.startsWith(quote) && inner.endsWith(quote);
    if (isQuoted && inner.indexOf(quote, 1) === inner.length - 1) inner = inner.slice(1, -1).trim();
  }
  return inner;
}

/** Takes everything away around a token that is part of none. */
function stripOutside(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && outside.has(text.charAt(start))) start += 1;
  while (end > start && outside.has(text.charAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

/** Authentication schemes that carry a token (RFC 6750 §2.1, RFC 9449 §7.1). */
const scheme = /^(?:bearer|dpop|token|jwt)(?:\s+|%20|\+(?=ey))/i;
const label = /^([A-Za-z][\w-]{1,60})["']?\s*[:=](?!\/\/)\s*/;

/** Takes the name in front of a value away, and the scheme: `Authorization: Bearer eyJ…`, `"id_token": "eyJ…",`. */
export function labelOf(text: string): { readonly name: string | null; readonly value: string } {
  const bare = stripOutside(text);
  const [whole = '', name = null] = label.exec(bare) ?? [];
  const rest = bare.slice(whole.length);
  // What stands before padding (`abc==`) is no name, nor is the header of a JWT that somebody padded.
  const isNamed = /[^=\s]/.test(rest) && !(name !== null && /^e[wy][\w-]{6}/.test(name));
  return { name: isNamed ? name : null, value: bareValue(isNamed ? rest : bare) };
}

/** Takes the scheme away, and decodes `%XX`, as a token has it that was copied out of a URL. */
export function bareValue(text: string): string {
  return decodeBase64Jwt(decodePercents(stripOutside(stripOutside(text).replace(scheme, ''))));
}

/** A JWT that was encoded in base64 once more, as Kubernetes keeps its secrets; any other text stays as it is. */
export function decodeBase64Jwt(text: string): string {
  if (text.length < 40 || !/^ZX[ld][\w+/-]*=*$/.test(text)) return text;
  const decoded = Buffer.from(text, 'base64').toString('latin1').trim();
  return /^e[wy][\w-]{8}[\w-]*\.[\w-]*\.[\w-]*(?:\.[\w-]*\.[\w-]*)?$/.test(decoded) ? decoded : text;
}

function decodePercents(value: string): string {
  if (!/%[\da-f]{2}/i.test(value)) return value;
  try {
    return stripOutside(decodeURIComponent(value).replace(scheme, ''));
  } catch {
    return value;
  }
}
