import { inputKinds } from '../recording/recognise-input.ts';
import { type OptionTable, pickOptions } from '../settings/option-reader.ts';
import { outputOptions, passphraseOptions } from '../settings/options.ts';
import { settleDebug } from '../settings/settle-inspection.ts';
import { defineCommand } from './command.ts';

const inputOptions: OptionTable = {
  '--as <kind>': { description: 'the kind of the input, if it is not recognised', choices: inputKinds },
  '--decryption-key <file>':
    'open encrypted tokens with this private key or secret: PEM, DER, JWK or JWK Set',
  ...passphraseOptions,
};

const findingOptions: OptionTable = {
  '--fail-on <severity>': {
    description: 'exit 7 when this is found: a violation (the default) or a proven mistake, or a note too',
    choices: ['violation', 'note', 'none'],
  },
};

const verboseOption: OptionTable = { '-v, --verbose': 'list the causes too that the evidence rules out' };

const shown = /--(?:json|output|quiet|color|show-secrets|debug|no-input)\b/;

const help = `
An input is a file, a URL, a token, - for stdin, or last for the last run (./last is a
file); without one stdin is read. It may be
  a response     what "curl -i" or "curl -v" printed, a body alone, or a JSON document
                 {"endpoint", "request", "callback", "response"}
  a URL          a callback, or an authorization URL
  a recording    a HAR of a browser or proxy, the .json of --trace, curl --trace-ascii,
                 a collection of Postman, Insomnia, Bruno or Burp
  a token        a JWT, or a line such as "Authorization: Bearer …"
  a log          text that quotes an OAuth error or says why no answer came: a log line,
                 a stack trace, a page
  a command      curl, wget, HTTPie, or what a browser copies as fetch or PowerShell, with
                 its output or without
Several inputs are read as one conversation: with the authorization URL beside the
token request, for example, redirect URI and PKCE are compared. Nothing is sent.

Exit statuses:
  0  read; nothing reaches --fail-on. An error that a server answered in the right
     form is not a violation: it counts with --fail-on note
  2  an input was not recognised
  7  a violation was found, or a mistake that the messages prove, such as a
     redirect_uri that differs, a verifier that does not fit, a code sent twice

Examples:
  $ curl -si https://login.example.com/token -d … | oauth-code debug
  $ oauth-code debug 'http://localhost:8080/cb?error=access_denied&state=x'
  $ oauth-code debug recording.har --json | jq '.messages[].diagnosis[0]'`;

/** Gives `debug` its arguments, options and action. */
export const define = defineCommand({
  description: 'Explain saved OAuth messages: what they say, what is wrong with them, and why.',
  words: { '[input...]': 'file, URL, token, - for stdin, or last for the last run' },
  groups: [
    ['Input:', inputOptions],
    ['Findings:', findingOptions],
    ['Output:', { ...verboseOption, ...pickOptions(outputOptions, shown) }],
  ],
  notes: help,
  async action({ settleAlone }, inputs) {
    const { runDebug } = await import('./debug/run-debug.ts');
    await runDebug(inputs, ...(await settleAlone(settleDebug)));
  },
});
