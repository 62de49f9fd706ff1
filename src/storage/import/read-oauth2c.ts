import { clientAuthenticationMethods } from '../../protocol/client-authentication.ts';
import { type FlagRule, type Imported, readFlags, secondsOf } from './imported.ts';

/** What oauth2c listens on when it is not told otherwise, and so what is registered for the client. */
const defaultRedirectUri = 'http://localhost:9876/callback';

const secretItself = 'a secret itself; a profile does not hold it';
const otherGrant = 'belongs to a grant that a profile cannot have';

const grants = new Set(['authorization_code', 'client_credentials']);

const rules: Readonly<Record<string, FlagRule>> = {
  'client-id': option('client-id'),
  'client-secret': { type: 'secret' },
  'grant-type': { ...option('grant-type'), convert: (value) => (grants.has(value) ? value : undefined) },
  'auth-method': {
    ...option('auth-method'),
    convert: (value) => clientAuthenticationMethods.find((method) => method === value),
  },
  scopes: { ...option('scope'), split: 'words' },
  audience: option('audience'),
  'redirect-url': option('redirect-uri'),
  'callback-addr': option('listen'),
  'callback-tls-cert': option('tls-cert'),
  'callback-tls-key': option('tls-key'),
  'response-mode': {
    ...option('response-mode'),
    convert: (value) => (/^(?:query|form_post|fragment)$/.test(value) ? value : undefined),
  },
  'signing-key': option('signing-key'),
  'tls-cert': option('cert'),
  'tls-key': option('key'),
  'tls-root-ca': option('ca-file'),
  'login-hint': option('login-hint'),
  'acr-values': { ...option('acr-values'), split: 'words' },
  prompt: { ...option('prompt'), split: 'words' },
  'max-age': option('max-age'),
  claims: option('claims'),
  rar: option('authorization-details'),
  'idp-hint': { ...option('param'), convert: (value) => `idp_hint=${value}` },
  purpose: { ...option('param'), convert: (value) => `purpose=${value}` },
  'http-timeout': { ...option('timeout'), convert: secondsOf },
  'browser-timeout': { ...option('browser-timeout'), convert: secondsOf },
  'no-browser': { type: 'switch', option: 'no-browser' },
  'authorization-endpoint': option('authorization-endpoint'),
  'token-endpoint': option('token-endpoint'),
  // Sent in any case: a server that knows nothing of it lets it pass.
  pkce: { type: 'ignored', takesValue: false },
  silent: { type: 'ignored', takesValue: false },
  s: { type: 'ignored', takesValue: false },
  'no-prompt': { type: 'ignored', takesValue: false },
  raw: { type: 'ignored', takesValue: false },
  'no-origin': { type: 'ignored', takesValue: false },
  'response-types': {
    ...option('response-types'),
    convert: () => undefined,
  },
  insecure: leftOut(false, 'certificates are always checked; use --ca-file FILE'),
  dpop: leftOut(false, 'not offered'),
  par: leftOut(false, 'not offered'),
  'request-object': leftOut(false, 'not offered'),
  'encrypted-request-object': leftOut(false, 'not offered'),
  'encryption-key': leftOut(true, 'not offered'),
  'id-token-hint': leftOut(true, secretItself),
  'refresh-token': leftOut(true, secretItself),
  password: leftOut(true, secretItself),
  username: leftOut(true, otherGrant),
  assertion: leftOut(true, otherGrant),
  'subject-token': leftOut(true, otherGrant),
  'subject-token-type': leftOut(true, otherGrant),
  'actor-token': leftOut(true, otherGrant),
  'actor-token-type': leftOut(true, otherGrant),
  'authentication-code': leftOut(true, otherGrant),
  'device-authorization-endpoint': leftOut(true, otherGrant),
  'pushed-authorization-request-endpoint': leftOut(true, 'not offered'),
  'mtls-token-endpoint': leftOut(true, 'read from the metadata'),
  'mtls-pushed-authorization-request-endpoint': leftOut(true, 'not offered'),
};

/** Reads the words of an oauth2c command line; undefined when it is none. */
export function readOauth2c(words: readonly string[]): Imported | undefined {
  const [program = '', ...rest] = words;
  if (!/(?:^|[\\/])oauth2c(?:\.exe)?$/.test(program)) return undefined;
  const { positional, settings, leftOut: notTaken, secret } = readFlags(withoutCode(rest), rules);
  const [server, ...more] = positional;
  for (let index = 0; index < more.length; index += 1) notTaken.push('a word that belongs to no flag');
  if (server !== undefined && /^https?:\/\//i.test(server)) {
    settings.set(server.includes('/.well-known/') ? 'metadata-url' : 'issuer', [server]);
  } else if (server !== undefined)
    notTaken.push('the configuration file that is named in place of an issuer');
  const grant = settings.get('grant-type')?.[0];
  if (grant === 'authorization_code') settings.delete('grant-type');
  if (grant !== 'client_credentials' && !settings.has('redirect-uri')) {
    settings.set('redirect-uri', [defaultRedirectUri]);
  }
  return {
    from: 'an oauth2c command',
    settings,
    leftOut: notTaken,
    ...(secret === undefined ? {} : { secret }),
  };
}

/** `code` is the response type that there is anyway. */
function withoutCode(words: readonly string[]): readonly string[] {
  return words.filter(
    (word, index) =>
      word !== '--response-types=code' &&
      !(word === '--response-types' && words[index + 1] === 'code') &&
      !(word === 'code' && words[index - 1] === '--response-types'),
  );
}

function option(name: string): Extract<FlagRule, { type: 'option' }> {
  return { type: 'option', option: name };
}

function leftOut(takesValue: boolean, why: string): FlagRule {
  return { type: 'left-out', takesValue, why };
}
