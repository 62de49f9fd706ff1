import type { HeaderList } from '../http-message.ts';
import { isJsonObject } from '../json/json.ts';
import { carryNumberTexts } from '../json/number-texts.ts';
import { isPlaceholder, placeholderOf } from '../protocol/placeholder.ts';
import { replaceJwts } from './jwt-text.ts';
import { redactBodyText, redactHeaderFields, redactUrlText } from './redact-message.ts';
import { createSecretIndex, type SecretIndex } from './secret-index.ts';

/** Takes secrets out of everything that is shown. Redact before text is laid out: a wrapped secret is not found. */
export interface Redactor {
  /** Makes a secret known and returns its placeholder, such as `‹access_token›`: the same for the same secret. */
  register(value: string, kind: string): string;
  /** Puts placeholders in the place of known secrets, however encoded, and of whatever looks like a JWT. */
  redact(text: string): string;
  /** Redacts every string inside a JSON value; names of members stay. */
  redactValue<T>(value: T): T;
  /** Redacts credentials by the name of the header field too (RFC 9110 §11.6, RFC 6265 §4, RFC 9449 §4). */
  redactHeaders(headers: HeaderList): HeaderList;
  /** Redacts user information and parameters of query and fragment by name too. */
  redactUrl(url: string): string;
  /** Redacts members of a JSON, form or XML body by name too, however malformed it is. */
  redactBody(body: string): string;
}

/** A secret and what it is, as the placeholder names it. */
export interface Secret {
  readonly kind: string;
  readonly value: string;
}

/** Makes a redactor that knows the given secrets; more can be registered at any time. */
export function createRedactor(secrets: readonly Secret[] = []): Redactor {
  const index: SecretIndex = createSecretIndex();
  for (const { kind, value } of secrets) index.register(value, kind);

  const redact = (text: string) => replaceJwts(index.replace(text), placeholderOf('jwt'));
  const hide = (value: string, kind: string) => {
    const known = index.replace(value);
    if (isPlaceholder(known)) return known;
    // What only looks like a secret by its name may be a common word; it must not vanish from other texts.
    return looksRandom(value) ? index.register(value, kind) : placeholderOf(kind);
  };

  return {
    register: (value, kind) => index.register(value, kind),
    redact,
    redactValue: (value) => redactStrings(value, redact),
    redactHeaders: (headers) => redactHeaderFields(headers, { redact, hide }),
    redactUrl: (url) => redact(redactUrlText(url, hide)),
    redactBody: (body) => redact(redactBodyText(body, hide)),
  };
}

function looksRandom(value: string): boolean {
  return value.length >= 16 && !/\s/.test(value);
}

function redactStrings<T>(value: T, redact: (text: string) => string): T;
function redactStrings(value: unknown, redact: (text: string) => string): unknown {
  if (typeof value === 'string') return redact(value);
  if (Array.isArray(value)) {
    const items = value.map((item) => redactStrings(item, redact));
    return carryNumberTexts(value, items);
  }
  if (!isJsonObject(value)) return value;
  const entries = Object.entries(value).map(([name, item]) => [name, redactStrings(item, redact)]);
  return carryNumberTexts(value, Object.fromEntries(entries));
}
