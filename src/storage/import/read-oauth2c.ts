import { clientAuthenticationMethods } from '../../protocol/client-authentication.ts';
import {
  type FlagRules,
  type Imported,
  ignored,
  leftOut,
  option,
  readCommandLine,
  secondsOf,
} from './other-command-line.ts';

/** The redirect URI that oauth2c uses by default, and so the one that is registered for the client. */
const defaultRedirectUri = 'http://localhost:9876/callback';

const grants = ['authorization_code', 'client_credentials'];
const responseModes = ['query', 'form_post', 'fragment']
  .flatMap((mode) => [mode, `${mode}.jwt`])
  .concat('jwt');

const oneOf = (known: readonly string[]) => ({
  convert: (value: string) => known.find((one) => one === value),
});
const parameter = (name: string) => option('param', { convert: (value) => `${name}=${value}` });

const rules: FlagRules = {
  'client-id': option('client-id'),
  'client-secret': { type: 'secret' },
  'grant-type': option('grant-type', oneOf(grants)),
  'auth-method': option('auth-method', oneOf(clientAuthenticationMethods)),
  scopes: option('scope', { split: 'words' }),
  audience: option('audience'),
  'redirect-url': option('redirect-uri'),
  'callback-addr': option('listen'),
  'callback-tls-cert': option('tls-cert'),
  'callback-tls-key': option('tls-key'),
  'response-mode': option('response-mode', oneOf(responseModes)),
  'signing-key': option('signing-key'),
  'tls-cert': option('cert'),
  'tls-key': option('key'),
  'tls-root-ca': option('ca-file'),
  'login-hint': option('login-hint'),
  'acr-values': option('acr-values', { split: 'words' }),
  prompt: option('prompt', { split: 'words' }),
  'max-age': option('max-age'),
  claims: option('claims'),
  rar: option('authorization-details'),
  'idp-hint': parameter('idp_hint'),
  purpose: parameter('purpose'),
  'http-timeout': option('timeout', { convert: secondsOf }),
  'browser-timeout': option('browser-timeout', { convert: secondsOf }),
  'no-browser': { type: 'switch', option: 'no-browser' },
  par: { type: 'switch', option: 'par' },
  dpop: { type: 'switch', option: 'dpop' },
  'request-object': { type: 'switch', option: 'request-object' },
  'pushed-authorization-request-endpoint': option('pushed-authorization-request-endpoint'),
  'authorization-endpoint': option('authorization-endpoint'),
  'token-endpoint': option('token-endpoint'),
  username: option('username'),
  'subject-token-type': option('subject-token-type'),
  'actor-token-type': option('actor-token-type'),
  'response-types': option('response-types', oneOf([])),
  // PKCE is used in any case: a server that does not know it ignores the parameters.
  ...ignored(['pkce', 'silent', 's', 'no-prompt', 'raw', 'no-origin'], []),
  ...leftOut('certificates are always checked; use --ca-file FILE', ['insecure'], []),
  ...leftOut('not offered', ['encrypted-request-object'], ['encryption-key']),
  ...leftOut(
    'read from the metadata',
    [],
    ['mtls-token-endpoint', 'mtls-pushed-authorization-request-endpoint'],
  ),
  ...leftOut(
    'a secret itself; a profile does not hold it',
    [],
    ['id-token-hint', 'refresh-token', 'password'],
  ),
  ...leftOut(
    'belongs to a grant that a profile cannot have',
    [],
    [
      ...['assertion', 'subject-token', 'actor-token'],
      ...['authentication-code', 'device-authorization-endpoint'],
    ],
  ),
};

/** Reads the words of an oauth2c command line; undefined when it is another program. */
export function readOauth2c(words: readonly string[]): Imported | undefined {
  const [program = '', ...rest] = words;
  if (!/(?:^|[\\/])oauth2c(?:\.exe|:[\w.-]+)?$/.test(program)) return undefined;
  const { positional, ...imported } = readCommandLine('an oauth2c command', withoutCode(rest), rules);
  const { settings } = imported;
  const [server, ...more] = positional;
  const notTaken = more.map(() => 'a word that belongs to no flag');
  if (server !== undefined && /^https?:\/\//i.test(server)) {
    settings.set(server.includes('/.well-known/') ? 'metadata-url' : 'issuer', [server]);
  } else if (server !== undefined)
    notTaken.push('the configuration file that is named in place of an issuer');
  const grant = settings.get('grant-type')?.[0];
  if (grant === 'authorization_code') settings.delete('grant-type');
  if (grant !== 'client_credentials' && !settings.has('redirect-uri')) {
    settings.set('redirect-uri', [defaultRedirectUri]);
  }
  return { ...imported, leftOut: [...imported.leftOut, ...notTaken] };
}

/** Leaves out the response type `code`, which is used in any case. */
function withoutCode(words: readonly string[]): readonly string[] {
  const isFlag = (word: string | undefined) => word === '--response-types';
  return words.filter(
    (word, index) =>
      word !== '--response-types=code' &&
      !(isFlag(word) && words[index + 1] === 'code') &&
      !(word === 'code' && isFlag(words[index - 1])),
  );
}
