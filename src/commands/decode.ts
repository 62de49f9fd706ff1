import { decodeOptionGroups, namesProfile, settleDecode } from '../settings/settle-inspection.ts';
import { defineCommand } from './command.ts';

const notes = `
TOKEN is a JWT, JWE or SD-JWT with whatever stands around it: "Bearer", a header
line, quotes, line breaks, a URL, a whole JSON response. The name of a file, or
- for stdin, may stand in its place. What is on the command line can be seen by
others on this machine and stays in the history of the shell.

Nothing is sent anywhere unless keys have to be fetched: for --issuer, for a URL
behind --jwks, or for the issuer of a profile that is named with -p.

Exit statuses:
  0  decoded
  2  no token was found in the input, or an option or key file is wrong
  5  the keys could not be fetched; the decoding is printed all the same
  6  the token did not pass what was asked for, or what came as its keys cannot be
     read; the decoding is printed as well
  7  a claim is not as --expect has it; the decoding is printed as well

Examples:
  $ pbpaste | oauth-code decode
  $ oauth-code decode token.txt --issuer https://login.example.com
  $ oauth-code decode response.json --as id-token --client-id my-app
  $ oauth-code decode - --key public.pem --audience https://api.example.com
  $ oauth-code decode token.txt --jwks keys.json --expect 'scope~=read'
  $ oauth-code decode - --decryption-key private.pem --json | jq .tokens`;

/** Gives `decode` its argument, options and action. */
export const define = defineCommand({
  description: 'Show what is in a token, offline; verify, decrypt and check it when asked to.',
  usage: '[options] [TOKEN|FILE|-]',
  words: { '[token...]': 'the token, a file it is in, or - for stdin' },
  groups: decodeOptionGroups,
  notes,
  async action({ settle, settleAlone }, words) {
    const [isNamed] = await settleAlone(namesProfile);
    const [settings, invocation] = await (isNamed ? settle : settleAlone)(settleDecode);
    const { runDecode } = await import('./decode/run-decode.ts');
    await runDecode(words, settings, invocation);
  },
});
