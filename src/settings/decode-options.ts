import { tokenProfiles } from '../checks/jwt.ts';
import type { OptionSpec } from './option-reader.ts';
import { connectionOptions, outputOptions, settingsOptions } from './server-options.ts';
import { expectOptions } from './session-options.ts';

const keyOptions: readonly OptionSpec[] = [
  { flags: '--issuer <url>', description: 'fetch the keys of this issuer and verify with them' },
  { flags: '--metadata-url <url>', description: 'its metadata, when that is not at a well-known place' },
  { flags: '--jwks <file>', description: 'verify with the keys in this JWK Set; a file or a URL' },
  {
    flags: '--key <file>',
    description: 'verify with this key: PEM, DER, JWK, certificate, or the secret of an HMAC',
  },
  {
    flags: '--decryption-key <file>',
    description: 'decrypt with this private key or secret: PEM, DER, JWK or JWK Set',
  },
  { flags: '--offline', description: 'fetch nothing; with --issuer iss is compared all the same' },
];

const ruleOptions: readonly OptionSpec[] = [
  { flags: '--as <kind>', description: 'check it by the rules of that kind', choices: tokenProfiles },
  { flags: '--audience <value>', description: 'aud must name this' },
  { flags: '--client-id <id>', description: 'aud, azp or client_id must be this client' },
  { flags: '--nonce <value>', description: 'nonce must be this' },
  { flags: '--max-age <seconds>', description: 'of an ID token: how long ago the user may have signed in' },
  { flags: '--clock-tolerance <seconds>', description: 'for every check of a time; default 5' },
  ...expectOptions,
];

/** TLS client certificates are left out: `--key` is the key that verifies. */
const fetchOptions = connectionOptions.filter(({ flags }) => !/^--(?:cert|key|clock-tolerance) /.test(flags));

/** Options of `decode` under their headings. */
export const decodeOptionGroups: readonly (readonly [heading: string, specs: readonly OptionSpec[]])[] = [
  ['Keys:', keyOptions],
  ['Rules:', ruleOptions],
  ['Settings:', settingsOptions],
  ['Connection:', fetchOptions],
  ['Output:', outputOptions],
];
