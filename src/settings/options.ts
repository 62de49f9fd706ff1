import { grantInputs } from '../client/grant-inputs.ts';
import { grants } from '../client/grants.ts';
import { clientAuthenticationMethods } from '../protocol/client-authentication.ts';
import { type OptionGroups, type OptionTable, pickOptions, repeatable, usual } from './option-reader.ts';

const discoveredMembers = [
  'authorization_endpoint',
  'device_authorization_endpoint',
  'backchannel_authentication_endpoint',
  'pushed_authorization_request_endpoint',
  'token_endpoint',
  'jwks_uri',
  'userinfo_endpoint',
  'introspection_endpoint',
  'revocation_endpoint',
] as const;

/** Metadata members that have an option of their own, for servers without discovery. */
export const endpointMembers = [...discoveredMembers, 'registration_endpoint'] as const;

function endpointOptions(members: readonly string[]): OptionTable {
  const flags = members.map((member) => `--${member.replaceAll('_', '-')} <url>`);
  return Object.fromEntries(flags.map((each) => [each, 'use it instead of the discovered one']));
}

/** Which saved settings: shared by every command that talks to a server. */
export const settingsOptions: OptionTable = {
  '-p, --profile <name>': usual('use the settings saved under this name'),
  '--config <file>': 'read profiles from this file only',
};

/** What `login` leaves for the next time. */
export const saveOptions: OptionTable = {
  '--save <name>': usual('save these settings as a profile once the login has succeeded'),
  '-y, --yes': 'replace an existing profile without asking',
};

/** Which authorization server: shared by every command that talks to one. */
export const serverOptions: OptionTable = {
  '--issuer <url>': usual('issuer of the authorization server; its metadata is discovered'),
  '--metadata-url <url>': 'metadata document, when it is not at a well-known place',
  ...endpointOptions(discoveredMembers),
};

/** What opens encrypted key files. */
export const passphraseOptions: OptionTable = {
  '--key-passphrase-file <file>':
    'passphrase of encrypted key files, or - for stdin; asked for on a terminal',
  '--key-passphrase-env <name>': repeatable('the passphrase is in this variable; repeatable'),
};

/** Which client, and how it proves itself. */
export const clientOptions: OptionTable = {
  '--client-id <id>': usual('client identifier'),
  '--client-secret <value>': { description: 'never taken from the command line', hidden: true },
  '--client-secret-file <file>': 'read the client secret from a file, or - for stdin',
  '--client-secret-env <name>': usual('read the client secret from this variable'),
  '--auth-method <method>': {
    description: 'client authentication; default: one that you give the means for and the server lists',
    choices: clientAuthenticationMethods,
  },
  '--assertion-audience <audience>':
    'aud of client assertions: issuer (the default), token-endpoint, or a URI',
  '--signing-key <file>': 'private key (PEM, DER, JWK or JWKS) for private_key_jwt',
  '--signing-kid <kid>': 'kid of the key that signs, in a JWKS; with PEM, the kid for the header',
  '--signing-alg <alg>': 'algorithm of assertions; default: one that fits the key and the server lists',
  '--decryption-key <file>':
    'private key or secret that opens encrypted ID tokens, UserInfo and other answers',
  ...passphraseOptions,
  '--assertion-from <source>':
    'a JWT that authenticates the client: github[:AUDIENCE], gitlab[:VARIABLE], kubernetes[:FILE], env:…, file:… or command:…',
};

/** For servers without discovery. */
export const registrationEndpointOption: OptionTable = endpointOptions(['registration_endpoint']);

/** What a server may demand of a client that registers (RFC 7591 §3). */
export const initialTokenOptions: OptionTable = {
  '--initial-access-token-file <file>': 'token that registers a client, in this file, or - for stdin',
  '--initial-access-token-env <name>': 'the same in this variable',
};

/** The access that is asked for. */
export const accessOptions: OptionTable = {
  '--scope <scopes>': usual(
    repeatable('scopes, separated by spaces; repeatable; default: openid on OpenID servers'),
  ),
  '--resource <uri>': repeatable('resource the token is for (RFC 8707); repeatable'),
  '--audience <value>': 'audience parameter, where a server wants one',
};

/** Which findings make a run fail. */
export const findingOptions: OptionTable = {
  '--fail-on <severity>': {
    description: 'exit 7 when something this severe is found; default violation',
    choices: ['violation', 'note', 'none'],
  },
};

/** Where a protected resource leads to its authorization server (RFC 9728). */
export const resourceOptions: OptionTable = {
  '--resource-url <url>': 'URL of an API or MCP server: it names its authorization server (RFC 9728)',
  '--allow-private': {
    description: 'follow it to a host of this machine, of a private network, or link-local',
    perRun: true,
  },
  '--send-anyway': {
    description: 'go on with an access token whose audience is another resource',
    perRun: true,
  },
};

/** The key that tokens are bound to (RFC 9449). */
export const dpopOptions: OptionTable = {
  '--dpop': usual('bind the tokens to a new key (DPoP), kept with the session'),
  '--dpop-key <file>': 'private key (PEM or JWK) that DPoP tokens are bound to',
};

/** How servers are reached. */
export const connectionOptions: OptionTable = {
  '--ca-file <file>': 'trust these certificates too (PEM)',
  '--cert <file>': 'TLS client certificate (PEM, or .p12 with its key)',
  '--key <file>': 'key of the TLS client certificate (PEM)',
  '--proxy <url>': 'HTTP proxy; default: HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY',
  '--user-agent <text>': 'what every request names as its sender',
  '--timeout <seconds>': 'for each HTTP exchange; default 30',
  '--clock-tolerance <seconds>': 'for every check of a time; default 5',
};

/** Whether the last run is kept, as a profile says it. */
export const lastOptions: OptionTable = {
  '--keep-last': {
    description: 'keep a recording of the last run, redacted, for report, debug and diff last; default true',
    hidden: true,
  },
};

/** How results and progress are shown. */
export const outputOptions: OptionTable = {
  '--json': usual('print one JSON document on stdout'),
  '-o, --output <format>': {
    description: '--json by another name',
    choices: ['text', 'json'],
    otherwise: 'A report in HTML and others: oauth-code report last --format html, or --out run.html.',
  },
  '-q, --quiet': 'no progress on stderr',
  '-v, --verbose': usual({
    description: 'show requests and responses, redacted, on stderr; -vv: connection, TLS and times too',
    twice: 'wire',
  }),
  '--wire': { description: 'the same as -vv', hidden: true },
  '--color <when>': { description: 'colour', choices: ['auto', 'always', 'never'] },
  '--trace <file>': usual(
    repeatable('record the run, redacted: .json, .har, .html, .mmd or .md; repeatable'),
  ),
  '--no-last': 'keep no recording of this run for report, debug and diff last',
  ...lastOptions,
  '--show-secrets': 'show tokens and other secrets unshortened, unredacted',
  '--debug': 'show where in this tool an error arose',
  '--no-input': 'never ask; exit 4 when a person is needed and no browser opens',
};

/** The same for commands whose result has checks. */
export const checkedOutputOptions: OptionTable = {
  '--checks': 'list every check, also those that passed or do not apply; -v does too',
  ...outputOptions,
};

const notAboutServers = /^(?!.*--(?:verbose|wire|trace|no-last|keep-last|no-input)\b)/;

/** Of commands that ask before something is lost. */
export const noInputOptions: OptionTable = pickOptions(outputOptions, /^--no-input$/);

/** The same for commands that talk to no server. */
export const offlineOutputOptions: OptionTable = pickOptions(outputOptions, notAboutServers);

/** The same for those that show no secret either. */
export const plainOutputOptions: OptionTable = pickOptions(offlineOutputOptions, /^(?!--show-secrets$)/);

/** Where tokens are kept. */
export const storeOptions: OptionTable = {
  '--store <where>': {
    description:
      'where to keep the session; default: encrypted with a key in the keychain, else in a file; none: neither save nor read one',
    choices: ['file', 'keychain', 'none'],
  },
};

/** Conditions that a script makes before it goes on. */
export const expectOptions: OptionTable = {
  '--expect <claim=value>': usual(
    repeatable('exit 7 unless it holds: aud=api, scope~=read, exp>10m, email, !groups; repeatable'),
  ),
};

/** The redirect URI used when none is given. */
export const defaultRedirectUri = 'http://127.0.0.1:8378/callback';

const redirectOptions: OptionTable = {
  '--redirect-uri <uri>': usual(`default: ${defaultRedirectUri}; port 0 = any free port`),
  '--port <ports>': 'ports to try in order, such as 8378,8379; 0 = any',
  '--listen <address:port>': 'bind here, not where the redirect URI points',
  '--tls-cert <file>': 'certificate for an https redirect URI; default: a throw-away one',
  '--tls-key <file>': 'its key',
};

const flowOptions: OptionTable = {
  '--flow <flow>': usual({
    description:
      'default code; device: sign in on any device with a code; ciba: the server asks the user of --login-hint',
    choices: ['code', 'device', 'ciba', 'implicit', 'hybrid'],
  }),
  '--response-type <types>': 'with --flow implicit or hybrid: what the answer brings, such as code id_token',
  '--notification-uri <uri>':
    'with --flow ciba: listen there for the ping of the server, as registered; default: poll alone',
  '--binding-message <text>': 'with --flow ciba: shown to the user, who compares it',
};

const fapiOptions: OptionTable = {
  '--fapi <version>': {
    description: 'keep to FAPI 2.0, and refuse what its profile forbids',
    choices: ['2', '2-message-signing'],
  },
};

export const requestOptions: OptionTable = {
  '--pkce <method>': { description: 'default S256', choices: ['S256', 'plain', 'off'] },
  '--state <value>': 'fixed state, or off; default: random',
  '--nonce <value>': 'fixed nonce, or off; default: random with openid',
  '--prompt <values>': 'none, login, consent, select_account, create',
  '--login-hint <value>': 'user name or email address that fills in the sign-in form',
  '--max-age <seconds>': 'longest time since the user authenticated',
  '--acr-values <values>': 'wanted authentication contexts',
  '--ui-locales <tags>': 'preferred languages of the pages',
  '--claims <json>': 'claims request (OIDC Core §5.5)',
  '--authorization-details <json>': 'fine-grained request (RFC 9396)',
  '--response-mode <mode>': {
    description: 'how the answer comes; with jwt it is signed (JARM)',
    choices: ['query', 'fragment', 'form_post', 'jwt', 'query.jwt', 'fragment.jwt', 'form_post.jwt'],
    otherwise: 'Any other is sent with --param response_mode=MODE.',
  },
  '--par': 'push the request first (RFC 9126); default: where the server demands it',
  '--request-object': 'send the request as a JWT, signed with --signing-key or the client secret (RFC 9101)',
  '--request-object-encryption <alg>':
    'encrypt the request object: auto, or such as RSA-OAEP-256 or RSA-OAEP-256/A256GCM',
  '--request-object-file <file>': 'write the request object to this file, for --request-uri',
  '--request-uri <url>': 'where you host that file: the browser carries this URL alone',
  '--no-par': 'send the request in the URL even where the server demands a pushed one',
  '--param <k=v>': usual(
    repeatable('authorization request parameter; k= sends it empty, k removes it; repeatable'),
  ),
  '--token-param <k=v>': repeatable('the same for the token request'),
};

const personOptions: OptionTable = {
  '--browser <command>': 'open the URL with this command (%s = URL); default: BROWSER',
  '--no-browser': usual('open no browser: print the URL and wait for the answer'),
  '--browser-timeout <seconds>': 'how long to wait for the answer; default 300',
  '--no-probe': 'never fetch the authorization page to read its error',
};

const guideOptions: OptionTable = {
  '--explain': usual('before each step: what happens, why, who sees what'),
  '--open-report': 'open the redacted HTML report of the run when it is done',
  '--step': 'stop before each request, to look at it, change it or end the run',
};

/** What an ID token may say. */
export const idTokenOptions: OptionTable = {
  '--id-token-alg <alg>': 'the client is registered for ID tokens signed with this, such as ES256',
  '--trust-audience <value>': repeatable('an ID token may name this audience besides the client; repeatable'),
};

/** What is checked, and how strictly. */
export const checkOptions: OptionTable = {
  ...idTokenOptions,
  '--no-verify <check>': repeatable('report this check as a warning only; repeatable'),
};

const registerOptions: OptionTable = {
  '--client-metadata-url <url>':
    'metadata document of a client that you host: its URL is the client identifier where the server takes it',
  '--register': usual('register a client for the session (RFC 7591), which goes with it'),
  ...registrationEndpointOption,
  ...initialTokenOptions,
};

/** The options of `login` under the headings of its help. */
export const loginOptionGroups: OptionGroups = [
  ['Settings:', settingsOptions],
  ['Authorization server:', serverOptions],
  ['Resource:', resourceOptions],
  ['Client:', { ...clientOptions, ...registerOptions }],
  ['Access:', { ...accessOptions, ...dpopOptions }],
  ['Redirect URI:', redirectOptions],
  ['Authorization request:', { ...flowOptions, ...fapiOptions, ...requestOptions }],
  ['Browser:', personOptions],
  ['Checks:', { '--no-userinfo': 'do not call the UserInfo endpoint', ...checkOptions }],
  ['Guidance:', guideOptions],
  ['Connection:', connectionOptions],
  ['Output:', checkedOutputOptions],
];

/** All of them in one table. */
export const loginOptions: OptionTable = Object.assign({}, ...loginOptionGroups.map(([, table]) => table));

/** What `token` does when there is neither a session nor a person. */
export const grantOptions: OptionTable = {
  '--grant-type <type>': usual({
    description: 'grant used for the first token; default authorization_code',
    choices: grants.map(({ type }) => type),
    otherwise: 'With a user: oauth-code login --flow device, ciba, implicit or hybrid.',
  }),
};

/** What grants hand in: where a secret is, or a value. */
export const grantInputOptions: OptionTable = Object.assign(
  {},
  ...grantInputs.map((input): OptionTable => {
    const { option, name, plain, placeholder, from } = input;
    if (plain !== undefined)
      return { [`--${option} <${placeholder}>`]: input.repeatable ? repeatable(plain) : plain };
    return {
      [`--${option}-file <file>`]: `the ${name} is in this file, or - for stdin`,
      [`--${option}-env <name>`]: `the ${name} is in this variable`,
      ...(from && {
        [`--${from} <source>`]: 'its source, as of --assertion-from; of a token also session:PROFILE',
      }),
    };
  }),
);

/** To which places programs may carry the token. */
export const bindingOptions: OptionTable = {
  '--token <which>': {
    description: 'which token is printed; exec-credential: the ID token where there is one',
    choices: ['access_token', 'id_token'],
  },
  '--git-host <host>': repeatable({
    description: 'git-credential answers for this https host[:port]; repeatable',
    key: 'git_hosts',
  }),
  '--kubernetes-server <server>': repeatable({
    description: 'exec-credential answers for this cluster only (https URL); repeatable',
    key: 'kubernetes_servers',
  }),
};
