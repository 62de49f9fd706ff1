import { decodeEntities } from '../../json/xml.ts';
import { decodeComponent, isSecretMember, isSecretParameter, type Secret } from '../../output/redact.ts';

/** A word that may be the name of a secret. */
const word = /(?<![A-Za-z])[A-Za-z][\w-]{2,63}/g;
const quote = `(?:\\\\{0,7}(?:["'\`]|u002[27])|&(?:quot|apos|#34|#39|#x27);)`;
/** What stands between a name and its value: the sign of an assignment, or blanks in a sentence. */
const separator = new RegExp(
  `(?:${quote}|\\]){0,2}(?:,?\\s{0,8}${quote}?value${quote}?)?(?:(\\s{0,3}(?:=>?|->|%3D)|>)|(\\s{0,3}:)(?!//)|(,)(?=\\s{0,3}${quote}))?(\\s{0,8}(?:[|>][+-]?\\s{1,8})?)(?:(?:is|was|of|value):? |string\\(\\d{1,5}\\) )?[[({]{0,2}u?b?(${quote})?`,
  'iy',
);
/** A value without quotes: up to a blank, or up to a sign before the next name. */
const bare = /(?:(?![,;]\s{0,2}["']?[\w.-]{1,64}["']?[=:])[^\s"'`<>&\\]|\\(?![nrtu"'])){1,4000}/y;

/** The words of an API about a wrong member stand where its value would. */
const ordinary =
  /^\W*(?:[a-z]*(?:required|missing|invalid|expired|wrong|incorrect|empty|unknown|mismatch\w*|provided|supplied|revoked|rejected|denied|malformed|unset|redacted|hidden|masked|removed|null|undefined|none|true|false)|(?:client_)?credentials|basic|bearer|the|this|an?|is|was|must|cannot|not|may|should|has)(?=[\s.,;:!?]|$)/i;

/** The first of two words that name a secret: any other word before "secret" or "assertion" is one of the sentence. */
const isOwner = /^(?:client|app|application|consumer|shared|webhook|user|code|pkce)$/i;

/** A moment, and in a sentence an address, a number of an error or of a document, which stand behind such names too. */
const moment = /^(?:\d{4}-\d\d-\d\d|\d{8})(?:T[\d:.]{1,20}(?:Z|[+-][\d:]{2,6})?)?$/i;
const reference = /^(?:https?:\/\/[^?#@]*|AADSTS\d+|RFC-?\d+)$/i;

/** Each finds one value: by what stands around it, or by the prefix that its issuer gives it. */
const credentials: readonly RegExp[] = [
  // User information of a URL, also a token alone.
  /(?<![a-z\d+.-])[a-z][a-z\d+.-]{0,20}:\/\/(?:[^\s/"'<>?#:]{0,256}:)?([^\s/"'<>?#:]{1,512})@/gi,
  // A user and password in an option of a command, apart from it or attached.
  /(?<![^\s"'])(?:-\w{0,3}[ua]|--(?:proxy-)?(?:user|auth))(?:[ =]{1,3}["']?|["'])[^\s:"'=]{1,256}:([^\s"']{1,512})/gi,
  /(?<![^\s"'])-u[^\s:"'=]{1,256}:(?!\/\/)([^\s"']{6,512})/gi,
  // Behind an authentication scheme, or in the header field whatever the scheme.
  /\b(?:basic|bearer|dpop)(?: |%20|\+)["']?([\w.~+/-]{8,}(?:={1,2}(?!["'\w]))?)(?![\w=])/gi,
  /(?<![a-z] |\w)authorization["'\]]{0,2}\s{0,3}[:=,]\s{0,3}[["']{0,2}(?:[a-z][a-z-]{1,20} )?([\w.~+/-]{8,4000}={0,2})(?![\w=])/gi,
  // Signatures of requests and of URLs that grant access, sessions, and SAML.
  /\bsignature=["']?([\da-f]{40,128})/gi,
  /[?&]sig=([\w%+/=-]{16,200})/g,
  /\b(?:PHPSESSID|JSESSIONID|ASP\.NET_SessionId|connect\.sid|SAMLResponse|SAMLart)=["']?([\w%.+/=-]{8,16000})/gi,
  /\bdigest [^\r\n]{0,400}?\bresponse=["']?([\da-f]{32,128})/gi,
  /-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----\s{0,4}(?:[A-Z][A-Za-z-]{2,20}: [^\n]{0,100}\n\s{0,4}){0,3}([A-Za-z\d+/=]{16,8192}(?:\s{1,4}[A-Za-z\d+/=]{16,8192}){0,200}(?:\s{1,4}[A-Za-z\d+/=]{1,100}(?=\s{0,4}-----END))?)/g,
  // GitHub, GitLab, Slack, Stripe, Google, npm, HashiCorp, SendGrid, Hugging Face, PyPI, Entra ID.
  /(?<![\w-])((?:gh[opsur]_|github_pat_|glpat-|xox[abeoprs]-|[sr]k_(?:live|test)_|AIza|ya29\.|GOCSPX-|1\/\/0|npm_|hv[sbr]\.|SG\.|hf_|pypi-)[\w.-]{16,})/g,
  /(?<![\w~.-])([\w~.-]{3}\dQ~[\w~.-]{31,34})(?![\w~.-])/g,
];
const privateKeyMembers = new RegExp(
  `(?<![\\w-])(?:${quote})?(?:d|p|q|dp|dq|qi|k)(?:${quote})?\\s{0,3}[:=]\\s{0,3}(?:${quote})?([\\w-]{20,4000})`,
  'g',
);
const cookies = new RegExp(
  `(?:\\b(?:set-)?cookie2?(?:${quote}|\\]){0,2}\\s{0,3}(?:[:=]|, )|(?<![^\\s"'])(?:-b|--cookie)[ =])\\s{0,3}[\\[{]{0,2}(?:${quote})?([^\\r\\n"'\`]{1,8000})`,
  'gi',
);
const cookieAttribute = /^\s*(?:path|domain|expires|max-age|samesite|version|priority)\s*=/i;

/**
 * Credentials in free text, such as a log or a message of a server: beside the name of a secret, in
 * user information of URLs, behind an authentication scheme, in an option of a command. Ordinary words stay.
 */
export function secretsInText(text: string): readonly Secret[] {
  const found = [...find(text)];
  // What programs have escaped on the way, such as a request in a log line in JSON.
  for (let levels = 0, read = text; levels < 3; levels += 1) {
    const next = /%[\da-f]{2}/i.test(read)
      ? read.replace(/\+/g, ' ').replace(/(?:%[\da-f]{2}){1,1000}/gi, decodeComponent)
      : unescaped(decodeEntities(read));
    if (next === read) break;
    found.push(...find(next));
    read = next;
  }
  return found;
}

/** Without one level of the escapes of JSON. */
function unescaped(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(
    /\\(?:u([\da-f]{4})|([nrt])|(["'\\/]))/gi,
    (_, unit?: string, blank?: string, sign = '') =>
      unit === undefined
        ? blank === undefined
          ? sign
          : '\n'
        : String.fromCharCode(Number.parseInt(unit, 16)),
  );
}

function find(text: string): readonly Secret[] {
  const found: Secret[] = [];
  const values = credentials.flatMap((pattern) => [...text.matchAll(pattern)].map(([, value = '']) => value));
  if (/\bkty\b/.test(text)) for (const [, value = ''] of text.matchAll(privateKeyMembers)) values.push(value);
  for (const value of values) {
    const [, inBasic] = /^[^:\p{Cc}]*:([ -~]+)$/u.exec(Buffer.from(value, 'base64').toString('latin1')) ?? [];
    for (const one of inBasic === undefined ? [value] : [inBasic, value])
      if (/\d|[a-z][A-Z]|=$/.test(one) && /[a-z]/i.test(one) && !/^[A-Z]{2,}[-_]?\d+$/.test(one))
        found.push({ kind: 'credentials', value: one.trim() });
  }
  for (const [, list = ''] of text.matchAll(cookies)) {
    for (const pair of list.split(/[;,]/).filter((one) => !cookieAttribute.test(one))) {
      const value = /^\s*[^\s=:]{1,256}=(\S{6,})/.exec(pair)?.[1];
      if (value !== undefined && /\d/.test(value)) found.push({ kind: 'cookie', value });
    }
  }
  let before: RegExpMatchArray | undefined;
  for (const match of text.matchAll(word)) {
    const [name] = match;
    const start = match.index ?? 0;
    const end = start + name.length;
    const isPair = before !== undefined && (before.index ?? 0) + before[0].length + 1 === start;
    const isSpaced = isPair && text[start - 1] === ' ' && !/[_-]\w/.test(name);
    const pair =
      isSpaced && (!isSecretMember(name) || isOwner.test(before?.[0] ?? '')) ? `${before?.[0]}${name}` : name;
    before = match;
    const kind = [pair, name].map(secretName).find((one) => one !== undefined);
    const value = kind === undefined ? undefined : valueAt(text, start, end, kind);
    if (kind !== undefined && value !== undefined) found.push({ kind, value });
  }
  return found;
}

/** The name of the secret that a name ends in: `OIDC_CLIENT_SECRET` has one too. */
function secretName(name: string): string | undefined {
  const bareName = name.toLowerCase().replace(/^-+/, '');
  const parts = bareName.split(/[_-]/);
  const ends = [bareName, ...parts.slice(-4).map((_, at, last) => last.slice(at).join('_'))];
  const isToken =
    /token$/.test(bareName) && !/^(?:invalid|expired|missing|unsupported|unexpected|unknown)/.test(bareName);
  return (
    ends.find(isSecretMember) ?? (isSecretParameter(bareName) ? bareName : isToken ? 'token' : undefined)
  );
}

function valueAt(text: string, start: number, at: number, name: string): string | undefined {
  separator.lastIndex = at;
  const [whole = '', equals, colon, comma, blanks = '', opening] = separator.exec(text) ?? [];
  const from = at + whole.length;
  const sign = equals ?? colon ?? comma;
  if (whole === '' || (sign === undefined && blanks === '' && opening === undefined)) return undefined;
  const value = opening === undefined ? bareAt(text, from) : quotedAt(text, from, opening);
  if (ordinary.test(value) || /^\$\{?[A-Z_\d]+\}?$/.test(value) || !/[\da-z]/i.test(value)) return undefined;
  if (equals === undefined && (moment.test(value) || (sign === undefined && reference.test(value))))
    return undefined;
  const isRandom = value.length >= 8 && /\d/.test(value) && /[a-z]/i.test(value) && !/\s/.test(value);
  // These names mean other things too.
  if (!isSecretMember(name) && isSecretParameter(name)) {
    if (equals !== undefined && /[?&]/.test(text.charAt(start - 1)))
      return value.length < 8 ? undefined : value;
    const shortest = equals === undefined ? 16 : 8;
    const isCode = value.length >= shortest && /[a-z]/.test(value) && !/^(?:0x|\/|[a-z]+:)/.test(value);
    return isRandom && isCode && /^(?:code|token)$/.test(name) ? value : undefined;
  }
  if (isRandom) return value;
  const isAssigned = equals !== undefined || (opening !== undefined && sign !== undefined);
  if (!isAssigned)
    return colon !== undefined && value.length >= 16 && !/[\s_-]/.test(value) ? value : undefined;
  return value.length >= 8 || /\d[\s\S]*[a-z]|[a-z][\s\S]*\d/i.test(value) ? value : undefined;
}

function bareAt(text: string, from: number): string {
  bare.lastIndex = from;
  const [value = ''] = bare.exec(text) ?? [];
  return value.replace(/[,;:.)\]}…]+$/, '');
}

/** Up to the same quote; one behind a backslash that the opening one has not belongs to the value. */
function quotedAt(text: string, from: number, opening: string): string {
  let end = text.indexOf(opening, from);
  while (end > from && text[end - 1] === '\\' && !opening.startsWith('\\'))
    end = text.indexOf(opening, end + 1);
  return end === -1 ? bareAt(text, from) : text.slice(from, end);
}
