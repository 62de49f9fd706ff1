import { type FlagRule, type Imported, readFlags, secondsOf } from './imported.ts';

const rules: Readonly<Record<string, FlagRule>> = {
  'oidc-issuer-url': option('issuer'),
  'oidc-client-id': option('client-id'),
  'oidc-client-secret': { type: 'secret' },
  'oidc-extra-scope': { ...option('scope'), split: 'words' },
  'oidc-redirect-url': option('redirect-uri'),
  'oidc-redirect-url-hostname': option('hostname'),
  'listen-address': { ...option('listen-address'), split: 'list' },
  'oidc-auth-request-extra-params': { ...option('param'), split: 'list' },
  'oidc-pkce-method': {
    ...option('pkce'),
    convert: (value) => ({ auto: 'S256', S256: 'S256', no: 'off' })[value],
  },
  'oidc-use-pkce': ignored(false),
  'certificate-authority': option('ca-file'),
  'local-server-cert': option('tls-cert'),
  'local-server-key': option('tls-key'),
  'browser-command': option('browser'),
  'skip-open-browser': { type: 'switch', option: 'no-browser' },
  'authentication-timeout-sec': { ...option('browser-timeout'), convert: secondsOf },
  'token-cache-dir': ignored(true),
  'token-cache-storage': ignored(true),
  'open-url-after-authentication': ignored(true),
  'force-refresh': ignored(false),
  v: ignored(true),
  'grant-type': {
    ...option('grant-type'),
    convert: (value) => (/^(?:auto|authcode)$/.test(value) ? 'authorization_code' : undefined),
  },
  'oidc-use-access-token': ignored(false),
  'certificate-authority-data': leftOut(true, 'write the certificate into a file and use --ca-file FILE'),
  'insecure-skip-tls-verify': leftOut(false, 'certificates are always checked; use --ca-file FILE'),
  'tls-renegotiation-once': leftOut(false, 'not offered'),
  'tls-renegotiation-freely': leftOut(false, 'not offered'),
  'oidc-redirect-url-authcode-keyboard': leftOut(true, 'not offered'),
  username: leftOut(true, 'belongs to a grant that a profile cannot have'),
  password: leftOut(true, 'a secret itself; a profile does not hold it'),
};

const defaultPorts = ['8000', '18000'];

/** Reads the program and arguments of a kubelogin exec entry; undefined when it is none. */
export function readKubelogin(command: string, args: readonly string[]): Imported | undefined {
  const words = [command, ...args];
  const start = words.indexOf('get-token');
  if (start === -1 || !words.some((word) => /oidc-issuer-url/.test(word))) return undefined;
  const { positional, settings, leftOut: notTaken, secret } = readFlags(words.slice(start + 1), rules);
  for (let index = 0; index < positional.length; index += 1) notTaken.push('a word that belongs to no flag');
  settings.set('scope', [['openid', ...(settings.get('scope') ?? [])].join(' ')]);
  settings.delete('grant-type');
  settleRedirect(settings);
  return {
    from: 'a kubelogin entry',
    settings,
    leftOut: notTaken,
    ...(secret === undefined ? {} : { secret }),
  };
}

/** kubelogin listens on two ports in turn, on localhost and without a path; that is what is registered for it. */
function settleRedirect(settings: Map<string, string[]>): void {
  const [host = 'localhost'] = settings.get('hostname') ?? [];
  const ports = settings.get('listen-address')?.flatMap((address) => /:(\d+)$/.exec(address)?.[1] ?? []);
  const [first, ...more] = ports === undefined || ports.length === 0 ? defaultPorts : ports;
  settings.delete('hostname');
  settings.delete('listen-address');
  if (settings.has('redirect-uri')) return;
  settings.set('redirect-uri', [`${settings.has('tls-cert') ? 'https' : 'http'}://${host}:${first}`]);
  if (more.length > 0) settings.set('port', [[first, ...more].join(',')]);
}

function option(name: string): Extract<FlagRule, { type: 'option' }> {
  return { type: 'option', option: name };
}

function ignored(takesValue: boolean): FlagRule {
  return { type: 'ignored', takesValue };
}

function leftOut(takesValue: boolean, why: string): FlagRule {
  return { type: 'left-out', takesValue, why };
}
