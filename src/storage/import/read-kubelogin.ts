import {
  type FlagRules,
  type Imported,
  ignored,
  leftOut,
  option,
  readCommandLine,
  secondsOf,
} from './other-command-line.ts';

const rules: FlagRules = {
  'oidc-issuer-url': option('issuer'),
  'oidc-client-id': option('client-id'),
  'oidc-client-secret': { type: 'secret' },
  'oidc-extra-scope': option('scope', { split: 'words' }),
  'oidc-redirect-url': option('redirect-uri'),
  'oidc-redirect-url-hostname': option('hostname'),
  'listen-address': option('listen-address', { split: 'list' }),
  'oidc-auth-request-extra-params': option('param', { split: 'list' }),
  'oidc-pkce-method': option('pkce', {
    convert: (value) => ({ auto: 'S256', S256: 'S256', no: 'off' })[value],
  }),
  'certificate-authority': option('ca-file'),
  'local-server-cert': option('tls-cert'),
  'local-server-key': option('tls-key'),
  'browser-command': option('browser'),
  'oidc-use-access-token': { type: 'switch', option: 'token' },
  'skip-open-browser': { type: 'switch', option: 'no-browser' },
  'authentication-timeout-sec': option('browser-timeout', { convert: secondsOf }),
  'grant-type': option('grant-type', {
    convert: (value) => (/^(?:auto|authcode)$/.test(value) ? 'authorization_code' : undefined),
  }),
  ...ignored(
    ['oidc-use-pkce', 'force-refresh'],
    ['token-cache-dir', 'token-cache-storage', 'open-url-after-authentication', 'v'],
  ),
  ...leftOut('certificates are always checked; use --ca-file FILE', ['insecure-skip-tls-verify'], []),
  ...leftOut('write the certificate into a file and use --ca-file FILE', [], ['certificate-authority-data']),
  ...leftOut(
    'not offered',
    ['tls-renegotiation-once', 'tls-renegotiation-freely'],
    ['oidc-redirect-url-authcode-keyboard'],
  ),
  ...leftOut('belongs to a grant that a profile cannot have', [], ['username']),
  ...leftOut('a secret itself; a profile does not hold it', [], ['password']),
};

const defaultPorts = ['8000', '18000'];

/** Reads the program and arguments of a kubelogin exec entry; undefined when it is another program. */
export function readKubelogin(command: string, args: readonly string[]): Imported | undefined {
  const words = [command, ...args];
  const start = words.indexOf('get-token');
  if (start === -1 || !words.some((word) => /oidc-issuer-url/.test(word))) return undefined;
  const { positional, ...imported } = readCommandLine('a kubelogin entry', words.slice(start + 1), rules);
  const { settings } = imported;
  settings.set('scope', [['openid', ...(settings.get('scope') ?? [])].join(' ')]);
  settings.delete('grant-type');
  settings.set('token', [settings.has('token') ? 'access_token' : 'id_token']);
  settleRedirect(settings);
  return {
    ...imported,
    leftOut: [...imported.leftOut, ...positional.map(() => 'a word that belongs to no flag')],
  };
}

/** kubelogin tries two ports on localhost, without a path; its redirect URIs are registered in that form. */
function settleRedirect(settings: Map<string, readonly string[]>): void {
  const [host = 'localhost'] = settings.get('hostname') ?? [];
  const ports = settings.get('listen-address')?.flatMap((address) => /:(\d+)$/.exec(address)?.[1] ?? []);
  const [first, ...more] = ports === undefined || ports.length === 0 ? defaultPorts : ports;
  settings.delete('hostname');
  settings.delete('listen-address');
  if (settings.has('redirect-uri')) return;
  settings.set('redirect-uri', [`${settings.has('tls-cert') ? 'https' : 'http'}://${host}:${first}`]);
  if (more.length > 0) settings.set('port', [[first, ...more].join(',')]);
}
