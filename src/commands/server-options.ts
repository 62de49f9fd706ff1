import { clientAuthenticationMethods } from '../protocol/client-authentication.ts';
import type { OptionSpec } from './option-reader.ts';

/** Metadata members that have an option of their own, for servers without discovery. */
export const endpointMembers = [
  'authorization_endpoint',
  'token_endpoint',
  'jwks_uri',
  'userinfo_endpoint',
] as const;

/** Which authorization server: shared by every command that talks to one. */
export const serverOptions: readonly OptionSpec[] = [
  { flags: '--issuer <url>', description: 'issuer of the authorization server; its metadata is discovered' },
  { flags: '--metadata-url <url>', description: 'metadata document, when it is not at a well-known place' },
  { flags: '--authorization-endpoint <url>', description: 'use this endpoint instead of the discovered one' },
  { flags: '--token-endpoint <url>', description: 'likewise' },
  { flags: '--jwks-uri <url>', description: 'likewise' },
  { flags: '--userinfo-endpoint <url>', description: 'likewise' },
];

/** Which client, and how it proves itself. */
export const clientOptions: readonly OptionSpec[] = [
  { flags: '--client-id <id>', description: 'client identifier' },
  { flags: '--client-secret-file <file>', description: 'read the client secret from a file, or - for stdin' },
  { flags: '--client-secret-env <name>', description: 'read the client secret from this variable' },
  {
    flags: '--auth-method <method>',
    description: 'client authentication; default: what the server prefers',
    choices: clientAuthenticationMethods,
  },
  { flags: '--signing-key <file>', description: 'private key (PEM, JWK or JWKS) for private_key_jwt' },
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
  { flags: '-q, --quiet', description: 'no progress on stderr' },
  { flags: '-v, --verbose', description: 'show requests and responses, redacted, on stderr' },
  { flags: '--color <when>', description: 'colour', choices: ['auto', 'always', 'never'] },
  { flags: '--show-secrets', description: 'show tokens and other secrets unshortened, unredacted' },
  { flags: '--no-input', description: 'never ask for or read anything from the terminal' },
];
