import { clientAuthenticationMethods } from '../protocol/client-authentication.ts';
import type { OptionSpec } from './option-reader.ts';

/** Metadata members that have an option of their own, for servers without discovery. */
export const endpointMembers = [
  'authorization_endpoint',
  'token_endpoint',
  'jwks_uri',
  'userinfo_endpoint',
  'introspection_endpoint',
  'revocation_endpoint',
] as const;

/** Which saved settings: shared by every command that talks to a server. */
export const settingsOptions: readonly OptionSpec[] = [
  { flags: '-p, --profile <name>', description: 'use the settings saved under this name' },
  { flags: '--config <file>', description: 'read profiles from this file and from no other' },
];

/** What `login` leaves for the next time. */
export const saveOptions: readonly OptionSpec[] = [
  { flags: '--save <name>', description: 'save these settings as a profile once the login has succeeded' },
  { flags: '-y, --yes', description: 'replace a profile that is there without asking' },
];

/** Which authorization server: shared by every command that talks to one. */
export const serverOptions: readonly OptionSpec[] = [
  { flags: '--issuer <url>', description: 'issuer of the authorization server; its metadata is discovered' },
  { flags: '--metadata-url <url>', description: 'metadata document, when it is not at a well-known place' },
  { flags: '--authorization-endpoint <url>', description: 'use it instead of the discovered one' },
  { flags: '--token-endpoint <url>', description: 'use it instead of the discovered one' },
  { flags: '--jwks-uri <url>', description: 'use it instead of the discovered one' },
  { flags: '--userinfo-endpoint <url>', description: 'use it instead of the discovered one' },
  { flags: '--introspection-endpoint <url>', description: 'use it instead of the discovered one' },
  { flags: '--revocation-endpoint <url>', description: 'use it instead of the discovered one' },
];

/** Which client, and how it proves itself. */
export const clientOptions: readonly OptionSpec[] = [
  { flags: '--client-id <id>', description: 'client identifier' },
  { flags: '--client-secret <value>', description: 'never taken from the command line', hidden: true },
  { flags: '--client-secret-file <file>', description: 'read the client secret from a file, or - for stdin' },
  { flags: '--client-secret-env <name>', description: 'read the client secret from this variable' },
  {
    flags: '--auth-method <method>',
    description: 'client authentication; default: what the server prefers',
    choices: clientAuthenticationMethods,
  },
  { flags: '--signing-key <file>', description: 'private key (PEM, JWK or JWKS) for private_key_jwt' },
  {
    flags: '--assertion-from <source>',
    description: 'a JWT that proves the client: github[:AUDIENCE], env:NAME or file:PATH',
  },
];

/** An access token from elsewhere in place of a session's. */
export const accessTokenOptions: readonly OptionSpec[] = [
  {
    flags: '--access-token-file <file>',
    description: 'use the token in this file, or - for stdin; no session',
  },
  { flags: '--access-token-env <name>', description: 'use the token in this variable; no session' },
];

/** What is asked for. */
export const accessOptions: readonly OptionSpec[] = [
  {
    flags: '--scope <scopes>',
    description: 'scopes, separated by spaces; repeatable; default: openid if OpenID',
    repeatable: true,
  },
  {
    flags: '--resource <uri>',
    description: 'resource the token is for (RFC 8707); repeatable',
    repeatable: true,
  },
  { flags: '--audience <value>', description: 'audience parameter, where a server wants one' },
];

/** How servers are reached. */
export const connectionOptions: readonly OptionSpec[] = [
  { flags: '--ca-file <file>', description: 'trust these certificates too (PEM)' },
  { flags: '--cert <file>', description: 'TLS client certificate (PEM)' },
  { flags: '--key <file>', description: 'key of the TLS client certificate (PEM)' },
  { flags: '--proxy <url>', description: 'HTTP proxy; default: HTTPS_PROXY, HTTP_PROXY, NO_PROXY' },
  { flags: '--timeout <seconds>', description: 'for each HTTP exchange; default 30' },
  { flags: '--clock-tolerance <seconds>', description: 'for every check of a time; default 5' },
];

/** What is shown, and how. */
export const outputOptions: readonly OptionSpec[] = [
  { flags: '--json', description: 'print one JSON document on stdout' },
  { flags: '-o, --output <format>', description: '--json by another name', choices: ['text', 'json'] },
  { flags: '-q, --quiet', description: 'no progress on stderr' },
  {
    flags: '-v, --verbose',
    description: 'show requests and responses, redacted, on stderr; -vv: connection, TLS and times too',
    twice: 'wire',
  },
  { flags: '--wire', description: 'the same as -vv', hidden: true },
  { flags: '--color <when>', description: 'colour', choices: ['auto', 'always', 'never'] },
  {
    flags: '--trace <file>',
    description: 'record the run, redacted: .json, .har, .html, .mmd or .md; repeatable',
    repeatable: true,
  },
  { flags: '--show-secrets', description: 'show tokens and other secrets unshortened, unredacted' },
  { flags: '--debug', description: 'show where in this tool an error arose' },
  { flags: '--no-input', description: 'ask nothing; exit 4 where only a person could go on' },
];

const aboutServers = /--(?:verbose|wire|trace|no-input)\b/;

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
