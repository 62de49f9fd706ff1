import { grantInputs } from '../client/grant-inputs.ts';
import { grants } from '../client/grants.ts';
import { clientAuthenticationMethods } from '../protocol/client-authentication.ts';
import { deviceCodeType } from '../protocol/grant-types.ts';
import type { OptionGroups, OptionSpec } from './option-reader.ts';

/** Metadata members that have an option of their own, for servers without discovery. */
export const endpointMembers = [
  'authorization_endpoint',
  'device_authorization_endpoint',
  'backchannel_authentication_endpoint',
  'pushed_authorization_request_endpoint',
  'token_endpoint',
  'jwks_uri',
  'userinfo_endpoint',
  'introspection_endpoint',
  'revocation_endpoint',
  'registration_endpoint',
] as const;

/** Which saved settings: shared by every command that talks to a server. */
export const settingsOptions: readonly OptionSpec[] = [
  { flags: '-p, --profile <name>', usual: true, description: 'use the settings saved under this name' },
  { flags: '--config <file>', description: 'read profiles from this file only' },
];

/** What `login` leaves for the next time. */
export const saveOptions: readonly OptionSpec[] = [
  {
    flags: '--save <name>',
    usual: true,
    description: 'save these settings as a profile once the login has succeeded',
  },
  { flags: '-y, --yes', description: 'replace an existing profile without asking' },
];

/** Which authorization server: shared by every command that talks to one. */
export const serverOptions: readonly OptionSpec[] = [
  {
    flags: '--issuer <url>',
    usual: true,
    description: 'issuer of the authorization server; its metadata is discovered',
  },
  { flags: '--metadata-url <url>', description: 'metadata document, when it is not at a well-known place' },
  { flags: '--authorization-endpoint <url>', description: 'use it instead of the discovered one' },
  { flags: '--device-authorization-endpoint <url>', description: 'use it instead of the discovered one' },
  {
    flags: '--backchannel-authentication-endpoint <url>',
    description: 'use it instead of the discovered one',
  },
  {
    flags: '--pushed-authorization-request-endpoint <url>',
    description: 'use it instead of the discovered one',
  },
  { flags: '--token-endpoint <url>', description: 'use it instead of the discovered one' },
  { flags: '--jwks-uri <url>', description: 'use it instead of the discovered one' },
  { flags: '--userinfo-endpoint <url>', description: 'use it instead of the discovered one' },
  { flags: '--introspection-endpoint <url>', description: 'use it instead of the discovered one' },
  { flags: '--revocation-endpoint <url>', description: 'use it instead of the discovered one' },
];

/** What opens encrypted key files. */
export const passphraseOptions: readonly OptionSpec[] = [
  {
    flags: '--key-passphrase-file <file>',
    description: 'passphrase of encrypted key files, or - for stdin; asked for on a terminal',
  },
  {
    flags: '--key-passphrase-env <name>',
    description: 'the passphrase is in this variable; repeatable',
    repeatable: true,
  },
];

/** Which client, and how it proves itself. */
export const clientOptions: readonly OptionSpec[] = [
  { flags: '--client-id <id>', usual: true, description: 'client identifier' },
  { flags: '--client-secret <value>', description: 'never taken from the command line', hidden: true },
  { flags: '--client-secret-file <file>', description: 'read the client secret from a file, or - for stdin' },
  {
    flags: '--client-secret-env <name>',
    usual: true,
    description: 'read the client secret from this variable',
  },
  {
    flags: '--auth-method <method>',
    description: 'client authentication; default: one that you give the means for and the server lists',
    choices: clientAuthenticationMethods,
  },
  {
    flags: '--assertion-audience <audience>',
    description: 'aud of client assertions: issuer (the default), token-endpoint, or a URI',
  },
  { flags: '--signing-key <file>', description: 'private key (PEM, DER, JWK or JWKS) for private_key_jwt' },
  {
    flags: '--signing-kid <kid>',
    description: 'kid of the key that signs, in a JWKS; with PEM, the kid for the header',
  },
  {
    flags: '--signing-alg <alg>',
    description: 'algorithm of assertions; default: one that fits the key and the server lists',
  },
  {
    flags: '--decryption-key <file>',
    description: 'private key or secret that opens encrypted ID tokens, UserInfo and other answers',
  },
  ...passphraseOptions,
  {
    flags: '--assertion-from <source>',
    description:
      'a JWT that authenticates the client: github[:AUDIENCE], gitlab[:VARIABLE], kubernetes[:FILE], env:…, file:… or command:…',
  },
];

/** For servers without discovery. */
export const registrationEndpointOption: OptionSpec = {
  flags: '--registration-endpoint <url>',
  description: 'use it instead of the discovered one',
};

/** What a server may demand of a client that registers (RFC 7591 §3). */
export const initialTokenOptions: readonly OptionSpec[] = [
  {
    flags: '--initial-access-token-file <file>',
    description: 'token that registers a client, in this file, or - for stdin',
  },
  { flags: '--initial-access-token-env <name>', description: 'the same in this variable' },
];

/** The access that is asked for. */
export const accessOptions: readonly OptionSpec[] = [
  {
    flags: '--scope <scopes>',
    usual: true,
    description: 'scopes, separated by spaces; repeatable; default: openid on OpenID servers',
    repeatable: true,
  },
  {
    flags: '--resource <uri>',
    description: 'resource the token is for (RFC 8707); repeatable',
    repeatable: true,
  },
  { flags: '--audience <value>', description: 'audience parameter, where a server wants one' },
];

/** Which findings make a run fail. */
export const findingOptions: readonly OptionSpec[] = [
  {
    flags: '--fail-on <severity>',
    description: 'exit 7 when something this severe is found; default violation',
    choices: ['violation', 'note', 'none'],
  },
];

/** Where a protected resource leads to its authorization server (RFC 9728). */
export const resourceOptions: readonly OptionSpec[] = [
  {
    flags: '--resource-url <url>',
    description: 'URL of an API or MCP server: it names its authorization server (RFC 9728)',
  },
  {
    flags: '--allow-private',
    description: 'follow it from a public host to one of this machine or a private network',
    perRun: true,
  },
  {
    flags: '--send-anyway',
    description: 'go on with an access token whose audience is another resource',
    perRun: true,
  },
];

/** The key that tokens are bound to (RFC 9449). */
export const dpopOptions: readonly OptionSpec[] = [
  { flags: '--dpop', usual: true, description: 'bind the tokens to a new key (DPoP), kept with the session' },
  { flags: '--dpop-key <file>', description: 'private key (PEM or JWK) that DPoP tokens are bound to' },
];

/** How servers are reached. */
export const connectionOptions: readonly OptionSpec[] = [
  { flags: '--ca-file <file>', description: 'trust these certificates too (PEM)' },
  { flags: '--cert <file>', description: 'TLS client certificate (PEM, or .p12 with its key)' },
  { flags: '--key <file>', description: 'key of the TLS client certificate (PEM)' },
  {
    flags: '--proxy <url>',
    description: 'HTTP proxy; default: HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY',
  },
  { flags: '--user-agent <text>', description: 'what every request names as its sender' },
  { flags: '--timeout <seconds>', description: 'for each HTTP exchange; default 30' },
  { flags: '--clock-tolerance <seconds>', description: 'for every check of a time; default 5' },
];

/** Whether the last run is kept, as a profile says it. */
export const lastOptions: readonly OptionSpec[] = [
  {
    flags: '--keep-last',
    description: 'keep a recording of the last run, redacted, for report, debug and diff last; default true',
    hidden: true,
  },
];

/** How results and progress are shown. */
export const outputOptions: readonly OptionSpec[] = [
  { flags: '--json', usual: true, description: 'print one JSON document on stdout' },
  {
    flags: '-o, --output <format>',
    description: '--json by another name',
    choices: ['text', 'json'],
    otherwise: 'A report in HTML and others: oauth-code report last --format html, or --out run.html.',
  },
  { flags: '-q, --quiet', description: 'no progress on stderr' },
  {
    flags: '-v, --verbose',
    usual: true,
    description: 'show requests and responses, redacted, on stderr; -vv: connection, TLS and times too',
    twice: 'wire',
  },
  { flags: '--wire', description: 'the same as -vv', hidden: true },
  { flags: '--color <when>', description: 'colour', choices: ['auto', 'always', 'never'] },
  {
    flags: '--trace <file>',
    usual: true,
    description: 'record the run, redacted: .json, .har, .html, .mmd or .md; repeatable',
    repeatable: true,
  },
  { flags: '--no-last', description: 'keep no recording of this run for report, debug and diff last' },
  ...lastOptions,
  { flags: '--show-secrets', description: 'show tokens and other secrets unshortened, unredacted' },
  { flags: '--debug', description: 'show where in this tool an error arose' },
  { flags: '--no-input', description: 'never ask; exit 4 when a person is needed and no browser opens' },
];

/** The same for commands whose result has checks. */
export const checkedOutputOptions: readonly OptionSpec[] = [
  { flags: '--checks', description: 'list every check, also those that passed or do not apply; -v does too' },
  ...outputOptions,
];

const aboutServers = /--(?:verbose|wire|trace|no-last|keep-last|no-input)\b/;

/** Of commands that ask before something is lost. */
export const noInputOptions: readonly OptionSpec[] = outputOptions.filter(
  ({ flags }) => flags === '--no-input',
);

/** The same for commands that talk to no server. */
export const offlineOutputOptions: readonly OptionSpec[] = outputOptions.filter(
  ({ flags }) => !aboutServers.test(flags),
);

/** The same for those that show no secret either. */
export const plainOutputOptions: readonly OptionSpec[] = offlineOutputOptions.filter(
  ({ flags }) => flags !== '--show-secrets',
);

/** Where tokens are kept. */
export const storeOptions: readonly OptionSpec[] = [
  {
    flags: '--store <where>',
    description:
      'where to keep the session; default: encrypted with a key in the keychain, else in a file; none: neither save nor read one',
    choices: ['file', 'keychain', 'none'],
  },
];

/** Conditions that a script makes before it goes on. */
export const expectOptions: readonly OptionSpec[] = [
  {
    flags: '--expect <claim=value>',
    usual: true,
    description: 'exit 7 unless it holds: aud=api, scope~=read, exp>10m, email, !groups; repeatable',
    repeatable: true,
  },
];

/** The redirect URI used when none is given. */
export const defaultRedirectUri = 'http://127.0.0.1:8378/callback';

const redirectOptions: readonly OptionSpec[] = [
  {
    flags: '--redirect-uri <uri>',
    usual: true,
    description: `default: ${defaultRedirectUri}; port 0 = any free port`,
  },
  { flags: '--port <ports>', description: 'ports to try in order, such as 8378,8379; 0 = any' },
  { flags: '--listen <address:port>', description: 'bind here, not where the redirect URI points' },
  {
    flags: '--tls-cert <file>',
    description: 'certificate for an https redirect URI; default: a throw-away one',
  },
  { flags: '--tls-key <file>', description: 'its key' },
];

const flowOptions: readonly OptionSpec[] = [
  {
    flags: '--flow <flow>',
    usual: true,
    description:
      'default code; device: sign in on any device with a code; ciba: the server asks the user of --login-hint',
    choices: ['code', 'device', 'ciba', 'implicit', 'hybrid'],
  },
  {
    flags: '--response-type <types>',
    description: 'with --flow implicit or hybrid: what the answer brings, such as code id_token',
  },
  {
    flags: '--notification-uri <uri>',
    description:
      'with --flow ciba: listen there for the ping of the server, as registered; default: poll alone',
  },
  { flags: '--binding-message <text>', description: 'with --flow ciba: shown to the user, who compares it' },
];

const fapiOptions: readonly OptionSpec[] = [
  {
    flags: '--fapi <version>',
    description: 'keep to FAPI 2.0, and refuse what its profile forbids',
    choices: ['2', '2-message-signing'],
  },
];

export const requestOptions: readonly OptionSpec[] = [
  { flags: '--pkce <method>', description: 'default S256', choices: ['S256', 'plain', 'off'] },
  { flags: '--state <value>', description: 'fixed state, or off; default: random' },
  { flags: '--nonce <value>', description: 'fixed nonce, or off; default: random with openid' },
  { flags: '--prompt <values>', description: 'none, login, consent, select_account, create' },
  { flags: '--login-hint <value>', description: 'user name or email address that fills in the sign-in form' },
  { flags: '--max-age <seconds>', description: 'longest time since the user authenticated' },
  { flags: '--acr-values <values>', description: 'wanted authentication contexts' },
  { flags: '--ui-locales <tags>', description: 'preferred languages of the pages' },
  { flags: '--claims <json>', description: 'claims request (OIDC Core §5.5)' },
  { flags: '--authorization-details <json>', description: 'fine-grained request (RFC 9396)' },
  {
    flags: '--response-mode <mode>',
    description: 'how the answer comes; with jwt it is signed (JARM)',
    choices: ['query', 'fragment', 'form_post', 'jwt', 'query.jwt', 'fragment.jwt', 'form_post.jwt'],
    otherwise: 'Any other is sent with --param response_mode=MODE.',
  },
  { flags: '--par', description: 'push the request first (RFC 9126); default: where the server demands it' },
  {
    flags: '--request-object',
    description: 'send the request as a JWT, signed with --signing-key or the client secret (RFC 9101)',
  },
  {
    flags: '--request-object-encryption <alg>',
    description: 'encrypt the request object: auto, or such as RSA-OAEP-256 or RSA-OAEP-256/A256GCM',
  },
  {
    flags: '--request-object-file <file>',
    description: 'write the request object to this file, for --request-uri',
  },
  {
    flags: '--request-uri <url>',
    description: 'where you host that file: the browser carries this URL alone',
  },
  {
    flags: '--no-par',
    description: 'send the request in the URL even where the server demands a pushed one',
  },
  {
    flags: '--param <k=v>',
    usual: true,
    description: 'authorization request parameter; k= sends it empty, k removes it; repeatable',
    repeatable: true,
  },
  { flags: '--token-param <k=v>', description: 'the same for the token request', repeatable: true },
];

const personOptions: readonly OptionSpec[] = [
  {
    flags: '--browser <command>',
    description: 'open the URL with this command (%s = URL); default: BROWSER',
  },
  {
    flags: '--no-browser',
    usual: true,
    description: 'open no browser: print the URL and wait for the answer',
  },
  { flags: '--browser-timeout <seconds>', description: 'how long to wait for the answer; default 300' },
  { flags: '--no-probe', description: 'never fetch the authorization page to read its error' },
];

const guideOptions: readonly OptionSpec[] = [
  { flags: '--explain', usual: true, description: 'before each step: what happens, why, who sees what' },
  { flags: '--open-report', description: 'open the redacted HTML report of the run when it is done' },
  { flags: '--step', description: 'stop before each request, to look at it, change it or end the run' },
];

/** What an ID token may say. */
export const idTokenOptions: readonly OptionSpec[] = [
  {
    flags: '--id-token-alg <alg>',
    description: 'the client is registered for ID tokens signed with this, such as ES256',
  },
  {
    flags: '--trust-audience <value>',
    description: 'an ID token may name this audience besides the client; repeatable',
    repeatable: true,
  },
];

/** What is checked, and how strictly. */
export const checkOptions: readonly OptionSpec[] = [
  ...idTokenOptions,
  {
    flags: '--no-verify <check>',
    description: 'report this check as a warning only; repeatable',
    repeatable: true,
  },
];

const registerOptions: readonly OptionSpec[] = [
  {
    flags: '--client-metadata-url <url>',
    description:
      'metadata document of a client that you host: its URL is the client identifier where the server takes it',
  },
  {
    flags: '--register',
    usual: true,
    description: 'register a client for the session (RFC 7591), which goes with it',
  },
  registrationEndpointOption,
  ...initialTokenOptions,
];

/** The options of `login` under the headings of its help. */
export const loginOptionGroups: OptionGroups = [
  ['Settings:', settingsOptions],
  ['Authorization server:', serverOptions],
  ['Resource:', resourceOptions],
  ['Client:', [...clientOptions, ...registerOptions]],
  ['Access:', [...accessOptions, ...dpopOptions]],
  ['Redirect URI:', redirectOptions],
  ['Authorization request:', [...flowOptions, ...fapiOptions, ...requestOptions]],
  ['Browser:', personOptions],
  [
    'Checks:',
    [{ flags: '--no-userinfo', description: 'do not call the UserInfo endpoint' }, ...checkOptions],
  ],
  ['Guidance:', guideOptions],
  ['Connection:', connectionOptions],
  ['Output:', checkedOutputOptions],
];

/** All of them in one list. */
export const loginOptions: readonly OptionSpec[] = loginOptionGroups.flatMap(([, specs]) => specs);

/** What `token` does when there is neither a session nor a person. */
export const grantOptions: readonly OptionSpec[] = [
  {
    flags: '--grant-type <type>',
    usual: true,
    description: 'grant used for the first token; default authorization_code',
    choices: grants.map(({ type }) => type),
    planned: [deviceCodeType],
  },
];

/** What grants hand in: where a secret is, or a value. */
export const grantInputOptions: readonly OptionSpec[] = grantInputs.flatMap(
  ({ option, name, plain, placeholder, from, repeatable }): readonly OptionSpec[] =>
    plain !== undefined
      ? [{ flags: `--${option} <${placeholder}>`, description: plain, ...(repeatable && { repeatable }) }]
      : [
          { flags: `--${option}-file <file>`, description: `the ${name} is in this file, or - for stdin` },
          { flags: `--${option}-env <name>`, description: `the ${name} is in this variable` },
          ...(from === undefined
            ? []
            : [
                {
                  flags: `--${from} <source>`,
                  description: 'its source, as of --assertion-from; of a token also session:PROFILE',
                },
              ]),
        ],
);

/** To which places programs may carry the token. */
export const bindingOptions: readonly OptionSpec[] = [
  {
    flags: '--token <which>',
    description: 'which token is printed; exec-credential: the ID token where there is one',
    choices: ['access_token', 'id_token'],
  },
  {
    flags: '--git-host <host>',
    description: 'git-credential answers for this https host[:port]; repeatable',
    repeatable: true,
    key: 'git_hosts',
  },
  {
    flags: '--kubernetes-server <server>',
    description: 'exec-credential answers for this cluster only (https URL); repeatable',
    repeatable: true,
    key: 'kubernetes_servers',
  },
];
