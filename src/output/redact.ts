import { attempt } from '../errors/attempt.ts';
import type { HeaderList } from '../http-message.ts';
import { mapStrings } from '../json/exact-number.ts';
import { parsePlainJson } from '../json/json.ts';
import { comparableName } from '../protocol/parameter-names.ts';
import { isPlaceholder, placeholderOf } from '../protocol/placeholder.ts';
import { endOfQuotedText } from '../protocol/quoted-text.ts';
import { mapForeign, recall } from '../say.ts';
import { replaceJwts } from './jwt-text.ts';
import { createKnownSecrets } from './known-secrets.ts';

/** A secret and what it is, as the placeholder names it. */
export interface Secret {
  readonly kind: string;
  readonly value: string;
}

/**
 * Makes a redactor that knows the given secrets; more can be registered at any time. It takes secrets out of everything
 * that is shown. Redact before text is laid out: a wrapped secret is not found.
 */
export function createRedactor(secrets: readonly Secret[] = []) {
  const { register, allow, replace } = createKnownSecrets();
  for (const { kind, value } of secrets) register(value, kind);

  /** Puts placeholders in the place of known secrets, however encoded, and of everything that looks like a JWT. */
  const redact = (text: string) => replaceJwts(replace(text), placeholderOf('jwt'));
  /** Redacts what is foreign in a message; our own words never change. */
  const redactMessage = (message: string) => mapForeign(recall(message), redact);
  const hide = (value: string, kind: string) => {
    const known = replace(value);
    if (isPlaceholder(known)) return known;
    // A value that is a secret by its name alone may be a common word; it must not vanish from other texts.
    return looksRandom(value) ? register(value, kind) : placeholderOf(kind);
  };

  return {
    register,
    allow,
    redact,
    /** Redacts every string inside a JSON value; names of members stay. */
    redactValue: <T>(value: T) => mapStrings(value, redact),
    redactMessage,
    /** Redacts the messages and values of checks, findings and causes; ids, titles and sections never change. */
    redactJudged: <T extends object>(judged: T) => mapStrings(judged, redactMessage, ownMembers),
    /** Redacts credentials by the name of the header field too (RFC 9110 §11.6, RFC 6265 §4, RFC 9449 §4). */
    redactHeaders: (headers: HeaderList) => redactHeaderFields(headers, { redact, hide }),
    /** Redacts user information and parameters of query and fragment by name too. */
    redactUrl: (url: string) => redact(redactUrlText(url, hide)),
    /** Redacts members of a JSON, form or XML body by name too, however malformed it is. */
    redactBody: (body: string) => redact(redactBodyText(body, hide)),
  };
}

/** Takes secrets out of texts. */
export type Redactor = ReturnType<typeof createRedactor>;

function looksRandom(value: string): boolean {
  return value.length >= 16 && !/\s/.test(value);
}

/** Members of checks, findings and causes that never hold anything from outside. */
const ownMembers = new Set('id outcome severity title spec confidence source missing phase'.split(' '));

/** Finds the placeholder for a value that is a secret by its name. */
type Hide = (value: string, kind: string) => string;

const credentialHeaders = new Set(['authorization', 'proxy-authorization']);
const opaqueHeaders = new Set(['dpop', 'client-attestation', 'oauth-client-attestation-pop']);
const urlHeaders = new Set(['location', 'content-location', 'referer', 'refresh']);

/** Header fields without credentials; scheme, names of cookies and their attributes stay readable, but for secrets. */
export function redactHeaderFields(
  headers: HeaderList,
  { redact, hide }: { readonly redact: (text: string) => string; readonly hide: Hide },
): HeaderList {
  return headers.map(([name, value]) => [redact(name), redactField(name.toLowerCase(), value)] as const);

  function redactField(name: string, value: string): string {
    if (credentialHeaders.has(name)) {
      const [, scheme = '', credentials = ''] = /^([^\s=]+\s+)?([\s\S]*)$/.exec(value) ?? [];
      return redact(scheme) + hide(credentials, 'credentials');
    }
    if (opaqueHeaders.has(name) || isSecretMember(name)) return hide(value, name);
    if (name === 'cookie')
      return value
        .split(';')
        .map((pair) => redactCookie(pair))
        .join(';');
    if (name === 'set-cookie') {
      const [pair = '', ...attributes] = value.split(';');
      return [redactCookie(pair), ...attributes.map(redact)].join(';');
    }
    return redact(urlHeaders.has(name) ? redactUrlText(value, hide) : value);
  }

  function redactCookie(pair: string): string {
    const [, name = '', value = ''] = /^([^=]*=)?([\s\S]*)$/.exec(pair) ?? [];
    return redact(name) + (value === '' ? '' : hide(value, 'cookie'));
  }
}

/** The secrets in a URL of the command line; empty for any other text. */
export function secretsOfUrl(text: string): readonly Secret[] {
  const secrets: Secret[] = [];
  if (/^https?:/i.test(text)) redactUrlText(text, (value, kind) => String(secrets.push({ kind, value })));
  return secrets;
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
      return isSecretParameter(name) || querySecrets.test(comparableName(name))
        ? `${pair.slice(0, at)}=${hideEncoded(pair.slice(at + 1), name)}`
        : pair;
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
    // A member inside of a value that was hidden is not a member of its own.
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
  const value = parsePlainJson(json);
  return typeof value === 'string' ? value : json.replace(/^"|"$/g, '');
}

/** Decodes a percent-encoded component; what is malformed stays. */
export function decodeComponent(encoded: string): string {
  return attempt(() => decodeURIComponent(encoded.replaceAll('+', ' '))) ?? encoded;
}

/** Members and parameters whose value is a credential wherever they stand, in lower case without `_` and `-`. */
const secretMembers = new Set(
  (
    'accesstoken actortoken assertion authreqid clientassertion devicecode idtoken idtokenhint ' +
    'initialaccesstoken loginhinttoken logouttoken oauthtoken refreshtoken registrationaccesstoken ' +
    'subjecttoken'
  ).split(' '),
);

/** Further parameters of URLs and forms; in JSON these names mean other things. */
const secretParameters = new Set(['code', 'request', 'response', 'token']);

/** Credentials under names that no specification of OAuth has, such as `app_secret` and `X-Auth-Token`. */
const furtherSecrets =
  /(?:secret|password|passwd|passphrase|pwd|verifier|(?:api|private|access|account|subscription|shared|secret)key|(?:auth|security|session|vault|csrf|xsrf|private)token)$/;

/** What APIs and stores take in a query: `key`, `sig`, `X-Amz-Signature`. It is hidden and never refused: they want it. */
const querySecrets =
  /(?:key|token|signature|credentials?|authorization|bearer|jwt|hmac)$|^(?:auth|sig|sas|pass|pat)$/;

/** Tells whether a JSON or XML member holds a credential, in whichever spelling: `access_token`, `accessToken`. */
export function isSecretMember(name: string): boolean {
  const normalized = comparableName(name);
  return secretMembers.has(normalized) || furtherSecrets.test(normalized);
}

/** Tells whether a parameter of a query, fragment or form holds a credential. */
export function isSecretParameter(name: string): boolean {
  return isSecretMember(name) || secretParameters.has(comparableName(name));
}
