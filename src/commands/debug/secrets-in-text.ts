import { decodeComponent, isSecretMember, isSecretParameter, type Secret } from '../../output/redact.ts';

/** A word that may be the name of a secret. */
const word = /(?<![A-Za-z])[A-Za-z][\w-]{2,63}/g;
const quote = `(?:\\\\{0,7}(?:["'\`]|u002[27])|&(?:quot|apos|#34|#39|#x27);)`;
/** What stands between a name and its value: the sign of an assignment, or blanks in a sentence. */
const separator = new RegExp(
  `(?:${quote}|\\]){0,2}(?:(\\s{0,3}(?:=>?|%3D)|>)|(\\s{0,3}:)(?!//)|(,)(?=\\s{0,3}${quote}))?(\\s{0,8})(?:(?:is|was|of|value):? |string\\(\\d{1,5}\\) )?[[({]{0,2}u?b?(${quote})?`,
  'iy',
);
/** A value without quotes: up to a blank, or up to a sign before the next name. */
const bare = /(?:(?![,;]\s{0,2}["']?[\w.-]{1,64}["']?[=:])[^\s"'`<>&\\]|\\(?![nrtu"'])){1,4000}/y;

/** What an API says of a member that is wrong stands where its value would. */
const ordinary =
  /^\W*(?:[a-z]*(?:required|missing|invalid|expired|wrong|incorrect|empty|unknown|mismatch\w*|provided|supplied|revoked|rejected|denied|malformed|unset|redacted|hidden|masked|removed|null|undefined|none|true|false)|(?:client_)?credentials|basic|bearer|the|this|an?|is|was|must|cannot|not|may|should|has)(?=[\s.,;:!?]|$)/i;

/** User information of a URL, a user and password in an option of a command, a value behind an authentication scheme. */
const credentials: readonly RegExp[] = [
  /(?<![a-z\d+.-])[a-z][a-z\d+.-]{0,20}:\/\/[^\s/"'<>?#:]{0,256}:([^\s/"'<>?#]{1,512})@/gi,
  /(?<![^\s"'])(?:-\w{0,3}[ua]|--(?:proxy-)?(?:user|auth))(?:[ =]{1,3}["']?|["'])[^\s:"'=]{1,256}:([^\s"']{1,512})/gi,
  /\b(?:basic|bearer|dpop)(?: |%20|\+)["']?([\w.~+/-]{8,}={0,2})(?![\w"'=])/gi,
];

/**
 * Credentials in free text, such as a log or a message of a server: beside the name of a secret, in
 * user information of URLs, behind an authentication scheme, in an option of a command. Ordinary words stay.
 */
export function secretsInText(text: string): readonly Secret[] {
  if (/%[\da-f]{2}/i.test(text)) {
    const decoded = text.replace(/\+/g, ' ').replace(/(?:%[\da-f]{2}){1,1000}/gi, decodeComponent);
    return [...find(text), ...find(decoded)];
  }
  return find(text);
}

function find(text: string): readonly Secret[] {
  const found: Secret[] = [];
  for (const pattern of credentials) {
    for (const [, value = ''] of text.matchAll(pattern)) {
      const [, inBasic] =
        /^[^:\p{Cc}]*:([ -~]+)$/u.exec(Buffer.from(value, 'base64').toString('latin1')) ?? [];
      for (const one of inBasic === undefined ? [value] : [inBasic, value])
        if (/\d|[a-z][A-Z]|=$/.test(one) && /[a-z]/i.test(one))
          found.push({ kind: 'credentials', value: one });
    }
  }
  let before: RegExpMatchArray | undefined;
  for (const match of text.matchAll(word)) {
    const [name] = match;
    const start = match.index ?? 0;
    const end = start + name.length;
    const isPair = before !== undefined && (before.index ?? 0) + before[0].length + 1 === start;
    const pair = isPair && text[start - 1] === ' ' ? `${before?.[0]}${name}` : name;
    before = match;
    const kind = [name, pair].map(secretName).find((one) => one !== undefined);
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
  return ends.find(isSecretMember) ?? (isSecretParameter(bareName) ? bareName : undefined);
}

function valueAt(text: string, start: number, at: number, name: string): string | undefined {
  separator.lastIndex = at;
  const [whole = '', equals, colon, comma, blanks = '', opening] = separator.exec(text) ?? [];
  const from = at + whole.length;
  const sign = equals ?? colon ?? comma;
  if (whole === '' || (sign === undefined && blanks === '' && opening === undefined)) return undefined;
  const value = opening === undefined ? bareAt(text, from) : quotedAt(text, from, opening);
  if (ordinary.test(value) || /^\$\{?[A-Z_\d]+\}?$/.test(value) || !/[\da-z]/i.test(value)) return undefined;
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
