import type { ClientSettings } from '../client/client.ts';
import type { Context } from '../context.ts';
import { UsageError } from '../errors.ts';
import type { DeliverySettings, LoginFlow, LoginSettings } from '../flows/login-settings.ts';
import { encryptionKeyTypes } from '../jose/jwk.ts';
import { isJsonObject, type JsonValue } from '../json/json.ts';
import { readParameterOverride } from '../protocol/parameters.ts';
import { own, say } from '../say.ts';
import { absolutePath } from '../storage/places.ts';
import type { OptionReader } from './option-reader.ts';

const noBrowser =
  'This flow sends nothing through a browser, and nothing comes back through one (RFC 8628 §3; CIBA Core §5).';
const noParameter =
  'The first request of this flow has no such parameter (RFC 8628 §3.1; CIBA Core §7.1). To send it all the same: --param NAME=VALUE.';

/** Options by the flows that have no use for them, and why. */
const unused: readonly (readonly [flows: string, names: string, why: string])[] = [
  [
    'device ciba',
    'redirect-uri port tls-cert tls-key state nonce pkce response-mode response-type par no-par request-object request-object-encryption request-object-file request-uri',
    noBrowser,
  ],
  // The ping of CIBA may come in through a proxy.
  ['device', 'listen', noBrowser],
  ['ciba', 'browser', noBrowser],
  ['device ciba', 'prompt max-age ui-locales claims', noParameter],
  ['device', 'login-hint acr-values', noParameter],
  [
    'code device implicit hybrid',
    'binding-message notification-uri',
    'It is for --flow ciba, where the server asks the user by itself (CIBA Core §7.1, §10.2).',
  ],
  ['code', 'response-type', 'The code flow asks for a code alone. For more: --flow hybrid or implicit.'],
  [
    'implicit',
    'pkce dpop dpop-key token-param',
    'The implicit flow has no code and no token request (RFC 6749 §4.2).',
  ],
  [
    'device ciba implicit hybrid',
    'fapi',
    'FAPI 2.0 permits the code flow alone (FAPI 2.0 Security Profile §5.3.2.2).',
  ],
];

/**
 * Refuses options that the flow would leave unused, unless a weaker place than that of the flow gives them, and those
 * for the API that a login starts from where there is none.
 * @throws UsageError
 */
export function requireFlowOptions(flow: LoginFlow | 'code', options: OptionReader): void {
  for (const [flows, names, why] of unused) {
    if (!flows.split(' ').includes(flow)) continue;
    for (const name of names.split(' ')) {
      if (options.place(name) === undefined) continue;
      if (!options.strongest(['flow', name]).some((given) => given.name === name)) continue;
      const chosen =
        options.place('flow') === undefined
          ? own('the code flow')
          : say`${options.source('flow')} ${own(flow)}`;
      throw new UsageError(say`${options.source(name)} and ${chosen} exclude each other.`, {
        hint: own(why),
      });
    }
  }
  // CIBA Core §7.1: a password or PIN of the user.
  if (
    flow === 'ciba' &&
    options.place('param') === 'flag' &&
    options.list('param').some((one) => /^user_code=./.test(one))
  )
    throw new UsageError('The user_code on the command line can be read by every user of this machine.', {
      hint: 'Set the variable OAUTH_CODE_PARAM to user_code=CODE.',
    });
  if (flow === 'ciba' && options.place('listen') === 'flag' && options.text('notification-uri') === undefined)
    throw new UsageError(say`${options.source('listen')} has no effect without --notification-uri.`);
  const stray = ['allow-private', 'send-anyway'].find((name) => options.isOn(name));
  if (stray !== undefined && options.text('resource-url') === undefined)
    throw new UsageError(say`${options.source(stray)} has no effect without --resource-url.`);
}

type RequestValues = Pick<LoginSettings, 'request' | 'nonce' | 'pkce'>;

/** The response types of each flow (OIDC Core §3.2.2.1, §3.3.2.1; RFC 6749 §4.2.1), the default first. */
const responseTypes = {
  implicit: ['id_token token', 'id_token', 'token'],
  hybrid: ['code id_token', 'code token', 'code id_token token'],
} as const;

/** The values of the request of an implicit or hybrid login. @throws UsageError for those that contradict each other */
export function withResponseType<Values extends RequestValues>(
  flow: keyof typeof responseTypes,
  values: Values,
  options: OptionReader,
): Values {
  const { request, nonce } = values;
  const given = options.text('response-type');
  const [usual, ...others] = responseTypes[flow];
  const source = options.source('response-type');
  // The order of the words does not matter (OAuth Multiple Response Types §3).
  const sorted = (type: string) => type.trim().split(/\s+/).sort().join(' ');
  const known: string | undefined =
    given === undefined ? undefined : [usual, ...others].find((one) => sorted(one) === sorted(given));
  if (given !== undefined && known === undefined)
    throw new UsageError(say`${source} ${given} is not for --flow ${own(flow)}.`, {
      hint: own(`The ${flow} flow has: ${[usual, ...others].join(', ')}.`),
    });
  // Without a scope the server decides whether this is OpenID Connect.
  const responseType = known ?? (flow === 'hybrid' ? usual : undefined);
  const bringsIdToken = /id_token/.test(responseType ?? '');
  const scope = request.scope.length === 0 && bringsIdToken ? ['openid'] : request.scope;
  const asksOpenid = scope.includes('openid');
  if (/^query/.test(request.responseMode ?? ''))
    throw new UsageError(
      say`${options.source('response-mode')} ${request.responseMode ?? ''} would put tokens into a URL.`,
      { hint: 'Choose fragment, the default, or form_post (OAuth Multiple Response Types §3).' },
    );
  if (asksOpenid ? responseType === 'token' : bringsIdToken)
    throw new UsageError(
      say`${source} ${responseType ?? ''} ${own(asksOpenid ? 'brings no ID token, and the scope has openid' : 'needs the scope openid')}.`,
      {
        hint: own(
          asksOpenid ? `Use --response-type "${usual}", or leave openid out.` : 'Add --scope openid.',
        ),
      },
    );
  if (nonce === 'off' && (bringsIdToken || (responseType === undefined && asksOpenid)))
    throw new UsageError(
      say`${options.source('nonce')} off: an ID token that comes through the browser needs a nonce.`,
      { hint: 'OIDC Core §3.2.2.1 demands it; --param nonce leaves it out to see what the server does.' },
    );
  return {
    ...values,
    flow,
    request: { ...request, scope, responseType },
    ...(flow === 'implicit' ? { pkce: 'off' } : {}),
  };
}

const encodings = /^A(?:128|192|256)(?:GCM|CBC-HS(?:256|384|512))$/;

/**
 * Settles whether the request goes in an object, and how (RFC 9101).
 * @throws UsageError for options that cannot work together, or without a key
 */
export async function settleRequestObject(
  options: OptionReader,
  context: Context,
  { credentials }: ClientSettings,
  { pushed }: DeliverySettings,
): Promise<Pick<DeliverySettings, 'object'>> {
  const url = options.text('request-uri');
  const file = options.text('request-object-file');
  const encryption = settleEncryption(options);
  // A request object that is hosted or put into a file is signed unless it is to be encrypted alone.
  const signed = options.isOn('request-object') || (encryption === undefined && url !== undefined);
  if (url === undefined && file !== undefined) throw alone(options, 'request-object-file', 'request-uri');
  if (url !== undefined && file === undefined) throw alone(options, 'request-uri', 'request-object-file');
  if (!signed && encryption === undefined) return {};
  if (url !== undefined && pushed === true) {
    throw new UsageError(
      say`${options.source('par')} and ${options.source('request-uri')} exclude each other.`,
      {
        hint: 'A pushed request must not name a request_uri (RFC 9126 §2.1). --request-object with --par pushes the object itself.',
      },
    );
  }
  const override = options
    .list('param')
    .map(readParameterOverride)
    .find((one) => one?.name === 'request' || one?.name === 'request_uri');
  if (override !== undefined) {
    throw new UsageError(say`${options.source('param')} sets ${override.name}, which is the object itself.`, {
      hint: 'Leave one of them out: the object is made of all other parameters.',
    });
  }
  if (signed && (credentials.signingKey ?? credentials.clientSecret) === undefined) {
    throw new UsageError('A request object is signed, and there is no key.', {
      hint: 'Add --signing-key FILE, whose public half the server knows, or the client secret.',
    });
  }
  if (url === undefined || file === undefined) return { object: { signed, ...encryption } };
  const path = absolutePath(file, context.workingDirectory(), context);
  await requireOwnObject(path, options.source('request-object-file'), context);
  const store = (object: string) => context.files.write(path, object);
  return { object: { signed, ...encryption, hosted: { url, store } } };
}

/** Nothing but an earlier object, or an empty file, is replaced. @throws UsageError */
async function requireOwnObject(path: string, source: string, { files, readFile }: Context): Promise<void> {
  if (!(await files.exists(path))) return;
  if (/^(?:[\w-]+(?:\.[\w-]*){2,4})?\s*$/.test(await readFile(path))) return;
  throw new UsageError(say`${path} exists already and is not a request object.`, {
    hint: say`Remove it, or give ${source} another name. Nothing was sent.`,
  });
}

function settleEncryption(options: OptionReader) {
  const text = options.text('request-object-encryption');
  if (text === undefined) return undefined;
  if (text === 'auto') return { encryption: {} };
  const [alg = '', enc, ...more] = text.split('/');
  const isKnown = /^(?:RSA-OAEP|ECDH-ES)/.test(alg) && encryptionKeyTypes(alg) !== undefined;
  if (isKnown && more.length === 0 && (enc === undefined || encodings.test(enc)))
    return { encryption: { alg, enc } };
  throw new UsageError(say`${options.source('request-object-encryption')} is "${text}".`, {
    hint: 'Use auto, or an algorithm for a public key, such as RSA-OAEP-256, ECDH-ES or RSA-OAEP-256/A256GCM.',
  });
}

function alone(options: OptionReader, given: string, missing: string): UsageError {
  return new UsageError(say`${options.source(given)} needs --${own(missing)} too.`, {
    hint: 'The object is put into that file, and the server fetches it from that URL: host the one at the other.',
  });
}

const examples = { claims: '{"id_token":{"email":null}}', 'authorization-details': '[{"type":"payment"}]' };

/** The text of an option that holds JSON, once it is known to be that. @throws UsageError */
export function readJsonOption(options: OptionReader, name: keyof typeof examples): string {
  const text = options.text(name) ?? '';
  const example = examples[name];
  try {
    const value: JsonValue = JSON.parse(text);
    if (name === 'claims' ? isJsonObject(value) : isDetails(value)) return text;
  } catch (error) {
    const reason = error instanceof Error ? `${error.message}. ` : '';
    throw new UsageError(say`${options.source(name)} is not JSON.`, {
      hint: say`${reason}A shell takes away quotation marks that are not quoted. For example: --${own(name)} '${own(example)}'`,
    });
  }
  throw new UsageError(
    name === 'claims'
      ? say`${options.source(name)} is not a JSON object (OIDC Core §5.5).`
      : say`${options.source(name)} is not a JSON array of objects that each have a type (RFC 9396 §2).`,
    { hint: say`For example: --${own(name)} '${own(example)}'` },
  );
}

function isDetails(value: JsonValue): boolean {
  return Array.isArray(value) && value.every((one) => isJsonObject(one) && typeof one.type === 'string');
}
