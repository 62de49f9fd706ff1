import { Buffer } from 'node:buffer';

/** The spellings in which one secret can turn up in a text. */
export interface SecretForms {
  /** As it is, percent-encoded, form-encoded, JSON-escaped. */
  readonly texts: readonly string[];
  /** Base64 and base64url, cut to what is the same whatever stands before and after it. */
  readonly base64: readonly string[];
}

/** Every spelling of a secret that messages, URLs, headers and logs are known to use. */
export function secretForms(secret: string): SecretForms {
  // Most tokens are, which need not be found out the long way.
  if (isPlain(secret)) return { texts: [secret], base64: longEnough(base64Cores(secret)) };
  // A lone surrogate has no UTF-8 form; encoders put U+FFFD in its place.
  const wellFormed = secret.replace(/\p{Cs}/gu, '\ufffd');
  const encoded = new Set([wellFormed, ...percentEncoded(wellFormed)]);
  const texts = new Set([
    secret,
    ...encoded,
    ...[...encoded].map(encodeURIComponent),
    ...jsonEscaped(secret),
  ]);
  for (const text of jsonEscaped(secret)) for (const twice of jsonEscaped(text)) texts.add(twice);
  const base64 = new Set([...encoded].flatMap(base64Cores));
  // A URL parser drops line feeds and tabs; what is then shorter than the secret is no spelling of it.
  return {
    texts: [...texts].filter((text) => text.length >= secret.length),
    base64: longEnough(base64),
  };
}

/** Tells whether a secret is spelled alike everywhere, but for base64. */
export function isPlain(secret: string): boolean {
  return /^[\w.-]*$/.test(secret);
}

function longEnough(cores: Iterable<string>): string[] {
  return [...new Set(cores)].filter((core) => core.length >= 4);
}

/** RFC 3986 §2.1 as encodeURIComponent, forms, strict encoders and URL parsers write it, in both letter cases. */
function percentEncoded(text: string): string[] {
  const component = encodeURIComponent(text);
  const url = new URL('http://localhost/');
  url.search = `?${text.replaceAll('#', '%23')}`;
  const forms = [
    component,
    component.replaceAll('%20', '+'),
    component.replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`),
    new URLSearchParams([['', text]]).toString().slice(1),
    encodeURI(text),
    url.search.slice(1),
  ];
  return forms.flatMap((form) => [form, form.replace(/%[0-9A-F]{2}/g, (octet) => octet.toLowerCase())]);
}

/** The inside of a JSON string (RFC 8259 §7): plain, with `\/`, with ASCII only, with markup escaped. */
function jsonEscaped(text: string): string[] {
  const plain = JSON.stringify(text).slice(1, -1);
  const escapeUnit = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  const markup = plain.replace(/[<>&'+]/g, escapeUnit);
  const variants = [plain, plain.replace(/[<>&]/g, escapeUnit), markup].flatMap((form) => {
    const ascii = form.replace(/[\u007f-\uffff]/g, escapeUnit);
    const upper = ascii.replace(/\\u[0-9a-f]{4}/g, (unit) => `\\u${unit.slice(2).toUpperCase()}`);
    return [form, ascii, upper];
  });
  return variants.flatMap((form) => [form, form.replaceAll('/', '\\/')]);
}

/**
 * The base64 characters that stand for the secret alone, at each of its three positions in the stream (RFC 4648 §4):
 * so `id:secret` of HTTP Basic is found without knowing the id.
 */
function base64Cores(text: string): string[] {
  const octets = Buffer.from(text, 'utf8');
  return [0, 1, 2].flatMap((shift) => {
    const shifted = Buffer.concat([Buffer.alloc(shift), octets])
      .toString('base64')
      .replace(/=+$/, '');
    const first = Math.ceil((shift * 8) / 6);
    const end = Math.floor(((shift + octets.length) * 8) / 6);
    const core = shifted.slice(first, end);
    return [
      core,
      encodeURIComponent(core),
      core.replaceAll('/', '\\/'),
      core.replaceAll('+', '-').replaceAll('/', '_'),
    ];
  });
}
