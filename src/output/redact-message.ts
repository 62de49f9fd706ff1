import type { HeaderList } from '../http-message.ts';
import { endOfQuotedText } from '../protocol/quoted-text.ts';
import { isSecretMember, isSecretParameter } from './secret-names.ts';

/** Finds the placeholder for a value that is a secret by its name. */
export type Hide = (value: string, kind: string) => string;

const credentialHeaders = new Set(['authorization', 'proxy-authorization']);
const opaqueHeaders = new Set(['dpop', 'x-api-key', 'client-attestation', 'oauth-client-attestation-pop']);
const urlHeaders = new Set(['location', 'content-location', 'referer', 'refresh']);

/** Header fields without credentials; scheme, names of cookies and their attributes stay readable. */
export function redactHeaderFields(
  headers: HeaderList,
  { redact, hide }: { readonly redact: (text: string) => string; readonly hide: Hide },
): HeaderList {
  return headers.map(([name, value]) => [name, redactField(name.toLowerCase(), value)] as const);

  function redactField(name: string, value: string): string {
    if (credentialHeaders.has(name)) {
      const [, scheme = '', credentials = ''] = /^([^\s=]+\s+)?([\s\S]*)$/.exec(value) ?? [];
      return scheme + hide(credentials, 'credentials');
    }
    if (opaqueHeaders.has(name)) return hide(value, name);
    if (name === 'cookie')
      return value
        .split(';')
        .map((pair) => redactCookie(pair))
        .join(';');
    if (name === 'set-cookie') {
      const [pair = '', ...attributes] = value.split(';');
      return [redactCookie(pair), ...attributes].join(';');
    }
    return redact(urlHeaders.has(name) ? redactUrlText(value, hide) : value);
  }

  function redactCookie(pair: string): string {
    const [, name = '', value = ''] = /^([^=]*=)?([\s\S]*)$/.exec(pair) ?? [];
    return value === '' ? pair : name + hide(value, 'cookie');
  }
}

/** A URL without user information and without the parameters that are secrets by name; the rest as it was. */
export function redactUrlText(url: string, hide: Hide): string {
  const [, base = '', query = '', fragment = ''] = /^([^?#]*)(\?[^#]*)?(#[\s\S]*)?$/.exec(url) ?? [];
  const authority = base.replace(/^([a-z][a-z0-9+.-]*:\/\/)([^/@]*)@/i, (_, scheme: string, user: string) => {
    return `${scheme}${hide(user, 'credentials')}@`;
  });
  return authority + redactPart(query) + redactPart(fragment);

  function redactPart(part: string): string {
    return part === '' ? '' : part.charAt(0) + redactForm(part.slice(1), hide);
  }
}

/** A body without the members that are secrets by name, whether JSON, a form or XML, complete or not. */
export function redactBodyText(body: string, hide: Hide): string {
  if (/^[^\s{}<>[\]"=&]+=/.test(body)) return redactForm(body, hide);
  return redactXml(redactJsonMembers(body, hide), hide);
}

function redactForm(form: string, hide: Hide): string {
  return form
    .split('&')
    .map((pair) => {
      const at = pair.indexOf('=');
      if (at === -1 || at === pair.length - 1) return pair;
      const name = decodeComponent(pair.slice(0, at));
      return isSecretParameter(name) ? `${pair.slice(0, at)}=${hideEncoded(pair.slice(at + 1), name)}` : pair;
    })
    .join('&');

  function hideEncoded(value: string, name: string): string {
    return hide(decodeComponent(value), name);
  }
}

/**
 * A member name and its colon, before a value that may hide something. Names are words, so that the end of one string
 * and the start of the next are never taken for a name.
 */
const jsonMember = /"((?:[\w-]|\\u[0-9a-f]{4}){1,64})"(\s*:\s*)(?=["\d[]|-\d)/gi;
/** A number or a flat array. */
const jsonValue = /-?\d[\d.e+-]*|\[[^\][{}]*\]?/iy;

function redactJsonMembers(text: string, hide: Hide): string {
  let redacted = '';
  let from = 0;
  for (const found of text.matchAll(jsonMember)) {
    // What stands inside of a value is none of its own.
    if (found.index < from) continue;
    const [start, quotedName = ''] = found;
    const at = found.index + start.length;
    const end = text[at] === '"' ? endOfQuotedText(text, at) : endOfValue(text, at);
    const value = text.slice(at, end);
    const name = decodeString(`"${quotedName}"`);
    const isHidden = isSecretMember(name) && value !== '""';
    redacted += text.slice(from, isHidden ? at : end);
    if (isHidden) redacted += `"${hide(decodeString(value), name)}"`;
    from = end;
  }
  return redacted + text.slice(from);
}

function endOfValue(text: string, at: number): number {
  jsonValue.lastIndex = at;
  return at + (jsonValue.exec(text)?.[0].length ?? 0);
}

function redactXml(text: string, hide: Hide): string {
  return text.replace(/<([\w:.-]{1,64})>([^<]+)/g, (element, name: string, value: string) =>
    isSecretMember(name.replace(/^.*:/, '')) ? `<${name}>${hide(value.trim(), name)}` : element,
  );
}

function decodeString(json: string): string {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'string' ? value : json;
  } catch {
    return json.replace(/^"|"$/g, '');
  }
}

function decodeComponent(encoded: string): string {
  try {
    return decodeURIComponent(encoded.replaceAll('+', ' '));
  } catch {
    return encoded;
  }
}
