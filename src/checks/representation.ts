import { type HttpResponse, mediaType } from '../http-message.ts';
import type { ParameterProblems } from '../protocol/parameter-names.ts';
import { type BodyReading, isStructured } from '../protocol/response-body.ts';
import { own, remember, say } from '../say.ts';
import { type Finding, type FoundRemark, findingsOf } from './check-result.ts';
import { namesText, plural, quoted } from './shown-value.ts';

/** Where a body came from, as far as its form is judged by it. */
export interface Represented {
  readonly response: HttpResponse;
  readonly body: BodyReading;
}

/** Findings about the form of a body, wherever it came from; `isJwt` when its text is a compact JWT. */
export function findRepresentationDeviations(
  { response, body }: Represented,
  { isJwt = false }: { readonly isJwt?: boolean } = {},
): Finding[] {
  const isJson = body.type === 'json' || body.type === 'wrapped_json' || body.type === 'malformed_json';
  const expectedTypes = isJwt ? ['application/jwt'] : mediaTypes[body.type];
  return findingsOf({
    'empty-body': body.type === 'empty' && 'The response has no body.',
    'html-error-page': body.type === 'html' && [
      'The body is an HTML page.',
      remember(say`${body.text.length} characters of HTML`),
    ],
    'json-malformed': body.type === 'malformed_json' && [
      say`The body begins like JSON, but ${own(body.reason)}; nothing was taken from it.`,
      remember(say`at character ${body.offset + 1} of ${body.text.length}`),
    ],
    'json-wrapped': body.type === 'wrapped_json' && [
      say`The JSON is wrapped in ${body.wrapper}, which was taken off.`,
      body.wrapper,
    ],
    'bom-present': isJson &&
      body.byteOrderMark && ['A byte order mark stands before the JSON; it was taken off.', 'U+FEFF'],
    'content-type-wrong': expectedTypes && compareTypes(response, expectedTypes),
  });
}

/** The findings about the form of a body where a JSON object is required. */
export function findJsonDeviations(reading: Represented): Finding[] {
  return [...findRepresentationDeviations(reading), ...findSyntaxDeviations(reading)];
}

/** The findings about a body where a JSON object is required but another syntax can be read or seen (RFC 6749 §5.1). */
export function findSyntaxDeviations({ body }: Represented): Finding[] {
  return findingsOf({
    'body-form-encoded': body.type === 'form' && [
      'The body is form data where JSON is required.',
      'name=value pairs',
    ],
    'body-xml': body.type === 'xml' && [
      'The body is XML where JSON is required.',
      `document element ${namesText([body.rootName])}`,
    ],
    'body-plain-text': body.type === 'plain_text' && [
      'The body is text that is not JSON, form data, XML or HTML.',
      remember(say`${body.text.length} characters of text`),
    ],
  });
}

/** The finding about integers that a binary64 parser cannot hold (RFC 8259 §6). */
export function findUnsafeNumbers({ body }: Pick<Represented, 'body'>): Finding[] {
  return isStructured(body) ? unsafeNumbersFinding(body.document.unsafeIntegers) : [];
}

/** The same for integers found elsewhere, such as in the payload of a JWT. */
export function unsafeNumbersFinding(
  unsafeIntegers: readonly { readonly path: string; readonly text: string }[],
): Finding[] {
  const [first] = unsafeIntegers;
  const names = namesText(unsafeIntegers.map(({ path }) => path));
  const isAltered = unsafeIntegers.some(({ text }) => !isExact(text));
  return findingsOf({
    'number-exceeds-safe-integer': first && [
      say`Parsers that use binary64 ${own(isAltered ? 'alter' : 'may alter')} the integer${own(plural(unsafeIntegers))} at ${names}; the digits were kept.`,
      `${names}: ${first.text.length} characters`,
    ],
  });
}

function isExact(text: string): boolean {
  const value = Number(text);
  return /^-?\d+$/.test(text) && Number.isFinite(value) && BigInt(text) === BigInt(value);
}

const mediaTypes: Readonly<Partial<Record<BodyReading['type'], readonly string[]>>> = {
  json: ['application/json'],
  form: ['application/x-www-form-urlencoded'],
  xml: ['application/xml', 'text/xml'],
  html: ['text/html', 'application/xhtml+xml'],
};

function compareTypes(response: HttpResponse, expected: readonly string[]): FoundRemark {
  const declared = mediaType(response.headers);
  const found = expected.join(' or ');
  if (declared === null) return say`There is no Content-Type; the body is ${found}.`;
  return (
    !expected.includes(declared) && [
      say`The Content-Type is ${quoted(declared)}; the body is ${found}.`,
      quoted(declared),
    ]
  );
}

/** Findings about parameters that are null, empty or of the wrong type (RFC 6749 §5.1, §5.2, Appendix A). */
export function findParameterDeviations(problems: ParameterProblems): Finding[] {
  const { nullParameters, emptyParameters, wrongTypes } = problems;
  const wrongText = wrongTypes.map(({ name, type }) => `${namesText([name])} is ${article(type)}`).join(', ');
  return findingsOf({
    'parameter-null': nullParameters.length > 0 && [
      say`${namesText(nullParameters)} came as null, which counts as absent.`,
      `null: ${namesText(nullParameters)}`,
    ],
    'parameter-empty-string': remarkOnEmpty(emptyParameters),
    'parameter-wrong-type': wrongTypes.length > 0 && [
      say`The JSON type is wrong for its parameter: ${wrongText}.`,
      wrongText,
    ],
  });
}

/** The finding about parameters that are the empty string (RFC 6749 Appendix A). */
export function findEmptyParameters(names: readonly string[]): Finding[] {
  return findingsOf({ 'parameter-empty-string': remarkOnEmpty(names) });
}

function remarkOnEmpty(names: readonly string[]): FoundRemark {
  return (
    names.length > 0 && [
      say`The parameter${plural(names)} ${namesText(names)} came empty, which counts as absent.`,
      `empty: ${namesText(names)}`,
    ]
  );
}

function article(type: string): string {
  return /^[ao]/.test(type) ? `an ${type}` : `a ${type}`;
}
