import { type HeaderList, headerValue } from '../http-message.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../json/json.ts';
import { encodeForm } from '../protocol/parameters.ts';
import { withStandIns } from '../protocol/placeholder.ts';
import { readHttpText } from './http-text.ts';
import {
  listOf,
  object,
  type RecordedExchange,
  type RecordedRequest,
  savedExchange,
  text,
  textOrNull,
} from './recording.ts';

const objects = listOf((value) => value);

/** Tells whether a JSON value is a collection of Postman (format 2.1). */
export function isPostmanCollection(value: JsonValue): value is JsonObject {
  return isJsonObject(value) && isJsonObject(value.info) && Array.isArray(value.item);
}

/** The requests of a collection, with the examples of answers that were saved with them. */
export function readPostmanCollection(collection: JsonObject, source: string): readonly RecordedExchange[] {
  return objects(collection.item).flatMap((item) => {
    const name = `${source}, "${text(item.name).slice(0, 60)}"`;
    const examples = objects(item.response).map((saved) =>
      savedExchange({
        source: name,
        request: postmanRequest(isJsonObject(saved.originalRequest) ? saved.originalRequest : item.request),
        response: {
          status: typeof saved.code === 'number' ? saved.code : null,
          headers: fieldsOf(saved.header, 'key'),
          body: textOrNull(saved.body),
        },
      }),
    );
    const request = postmanRequest(item.request);
    return [
      ...(examples.length > 0 || request === null ? examples : [savedExchange({ source: name, request })]),
      ...(Array.isArray(item.item) ? readPostmanCollection(item, source) : []),
    ];
  });
}

function postmanRequest(value: JsonValue | undefined): RecordedRequest | null {
  if (!isJsonObject(value)) return null;
  const { url, header, body } = value;
  const address = typeof url === 'string' ? url : text(object(url).raw);
  const { mode, raw, urlencoded, formdata } = object(body);
  const fields = fieldsOf(mode === 'formdata' ? formdata : urlencoded, 'key') ?? [];
  const isForm = mode === 'urlencoded' || mode === 'formdata';
  const sent = isForm ? encodeForm(fields) : mode === 'raw' ? text(raw) : undefined;
  const { basic } = object(value.auth);
  // Format 2.0 has an object there, 2.1 a list.
  const { username, password } = isJsonObject(basic)
    ? basic
    : Object.fromEntries(fieldsOf(basic, 'key') ?? []);
  const given = [...(fieldsOf(header, 'key') ?? []), ...basicField(username, password)];
  const multipart = [['Content-Type', 'multipart/form-data']] as const;
  const headers = mode === 'formdata' ? [...given, ...multipart] : given;
  return address === '' ? null : requestOf(value, address, headers, sent, mode === 'urlencoded');
}

/** The field of HTTP Basic that these tools make of a user name and a password; none without a name. */
function basicField(username: JsonValue | undefined, password: JsonValue | undefined): HeaderList {
  if (text(username) === '') return [];
  const pair = withStandIns(`${text(username)}:${text(password)}`);
  return [['Authorization', `Basic ${Buffer.from(pair).toString('base64')}`]];
}

/** The first member of a YAML document of Insomnia (format 5), which is read as the JSON that it stands for. */
export const insomniaDocument = /^(?:#.*\n|---\s*\n)*type: ["']?\w+\.insomnia\.rest\/\d/;

/** Tells whether a JSON value is an export of Insomnia: a flat list (format 4) or folders with their requests (5). */
export function isInsomniaExport(value: JsonValue): value is JsonObject {
  return (
    isJsonObject(value) &&
    ((value._type === 'export' && Array.isArray(value.resources)) ||
      (text(value.type).includes('.insomnia.rest/') && Array.isArray(value.collection)))
  );
}

/** The requests of an export of Insomnia; it holds no answers. */
export function readInsomniaExport(value: JsonObject, source: string): readonly RecordedExchange[] {
  const requests = objects(value.resources).filter(({ _type }) => _type === 'request');
  return [...requests, ...insomniaRequests(value.collection)].map((saved) => {
    const { mimeType, params, text: raw } = object(saved.body);
    const isMultipart = text(mimeType) === 'multipart/form-data';
    const isForm = isMultipart || text(mimeType) === 'application/x-www-form-urlencoded';
    const fields = fieldsOf(params, 'name') ?? [];
    const sent = isForm ? encodeForm(fields) : typeof raw === 'string' ? raw : undefined;
    const { username, password } = object(saved.authentication);
    const headers = [...(fieldsOf(saved.headers, 'name') ?? []), ...basicField(username, password)];
    const query = encodeForm(fieldsOf(saved.parameters, 'name') ?? []);
    const url = text(saved.url);
    const address = query === '' ? url : `${url}${url.includes('?') ? '&' : '?'}${query}`;
    const type: HeaderList = isMultipart ? [['Content-Type', 'multipart/form-data']] : [];
    const request = requestOf(saved, address, [...headers, ...type], sent, isForm);
    return savedExchange({ source: `${source}, "${text(saved.name).slice(0, 60)}"`, request });
  });
}

function insomniaRequests(items: JsonValue | undefined, depth = 0): readonly JsonObject[] {
  return objects(items).flatMap((item) =>
    Array.isArray(item.children) && depth < 50 ? insomniaRequests(item.children, depth + 1) : [item],
  );
}

function requestOf(
  { method }: JsonObject,
  url: string,
  headers: HeaderList,
  body: string | undefined,
  isForm: boolean,
): RecordedRequest {
  const isTyped = headerValue(headers, 'content-type') !== undefined;
  return {
    method: text(method).toUpperCase() || 'GET',
    url,
    headers:
      isForm && !isTyped ? [...headers, ['Content-Type', 'application/x-www-form-urlencoded']] : headers,
    ...(body === undefined ? {} : { body }),
  };
}

/** The pairs of a list whose objects have a name under `key`, without those that are switched off; null for no list. */
function fieldsOf(
  value: JsonValue | undefined,
  key: 'key' | 'name',
): readonly (readonly [string, string])[] | null {
  return Array.isArray(value)
    ? objects(value)
        // In YAML it is a text.
        .filter(({ disabled }) => String(disabled) !== 'true')
        .map((field) => [text(field[key]), withStandIns(text(field.value))] as const)
    : null;
}

const item = /<item>([\s\S]*?)<\/item>/g;

/** The exchanges of what Burp saves as XML; undefined for other text. */
export function readBurpItems(input: string, source: string): readonly RecordedExchange[] | undefined {
  if (!/^<\?xml[\s\S]{0,2000}<items\b[^>]*burpVersion/.test(input)) return undefined;
  return [...input.matchAll(item)].flatMap(([, inner = ''], index) => {
    const scheme = /^https?/.exec(member(inner, 'url'))?.[0] ?? 'https';
    const message = `${member(inner, 'request')}\n\n${member(inner, 'response')}`;
    return readHttpText(message, `${source}, item ${index + 1}`).map((exchange) => ({
      ...exchange,
      request: exchange.request && {
        ...exchange.request,
        url: exchange.request.url.replace(/^https?/, scheme),
      },
    }));
  });
}

function member(inner: string, name: string): string {
  const [, attributes = '', value = ''] =
    new RegExp(`<${name}\\b([^>]*)>(?:<!\\[CDATA\\[)?([\\s\\S]*?)(?:\\]\\]>)?</${name}>`).exec(inner) ?? [];
  return /base64="true"/.test(attributes) ? Buffer.from(value, 'base64').toString('utf8') : value;
}

const brunoBlock = /^([\w:-]+)\s*\{\r?\n([\s\S]*?)^\}/gm;

/** The request of a `.bru` file of Bruno; undefined for other text. */
export function readBrunoFile(input: string, source: string): readonly RecordedExchange[] | undefined {
  if (!/^meta\s*\{/.test(input)) return undefined;
  const blocks = [...input.matchAll(brunoBlock)].map(([, name = '', inner = '']) => ({ name, inner }));
  const fields = (inner = '') =>
    [...inner.matchAll(/^\s*([^\s:~][^:\n]*):\s*(.*?)\s*$/gm)].map(
      ([, name = '', value = '']) => [name, withStandIns(value)] as const,
    );
  const call = blocks.find(({ name }) => /^(?:get|post|put|delete|patch|options|head)$/.test(name));
  if (call === undefined) return undefined;
  const find = (name: string) => blocks.find((block) => block.name === name)?.inner;
  const url = fields(call.inner).find(([name]) => name === 'url')?.[1] ?? '';
  const multipart = find('body:multipart-form');
  const form = multipart ?? find('body:form-urlencoded');
  const body = form === undefined ? find('body:json') : encodeForm(fields(form));
  const type: HeaderList = multipart === undefined ? [] : [['Content-Type', 'multipart/form-data']];
  const given = [...fields(find('headers')), ...type];
  const request = requestOf({ method: call.name }, url, given, body, form !== undefined);
  const basic = new Map(fields(find('auth:basic')));
  const headers = [...request.headers, ...basicField(basic.get('username'), basic.get('password'))];
  return [savedExchange({ source, request: { ...request, headers } })];
}
