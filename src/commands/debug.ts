import { FindingsError, UsageError } from '../errors.ts';
import { withoutQuery } from '../http-message.ts';
import type { DecryptionKey } from '../jose/decrypt-jwe.ts';
import { mapStrings } from '../json/exact-number.ts';
import type { DebugDocument, DebugMessage, DebugRun } from '../output/documents.ts';
import { createRedactor, isSecretParameter, type Secret } from '../output/redact.ts';
import { renderDebug } from '../output/render-debug.ts';
import { type Conversation, type Message, sortConversation } from '../recording/conversation.ts';
import { inputKinds, type RecordedRun, type Unread } from '../recording/recognise-input.ts';
import type { RecordedEvent } from '../recording/recording.ts';
import { say } from '../say.ts';
import { type OptionTable, pickOptions } from '../settings/option-reader.ts';
import { outputOptions, passphraseOptions } from '../settings/options.ts';
import { type DebugSettings, type FindingThreshold, settleDebug } from '../settings/settle-inspection.ts';
import { defineCommand, type Invocation } from './command.ts';
import { judgeConversation, quotedSecretsOf, secretsOf } from './debug/judge-conversation.ts';
import { readInputs } from './debug/read-inputs.ts';
import { printDocument } from './print-result.ts';
import { tellLine, tellStep } from './tell.ts';

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
    await runDebug(inputs, ...(await settleAlone(settleDebug)));
  },
});

/**
 * Reads saved messages and prints what they say, what deviates in them, and the likely causes.
 * @throws UsageError when an input was not recognised; FindingsError after printing, when something is at or
 * above `--fail-on`
 */
async function runDebug(
  inputs: readonly string[],
  { kind, failOn: threshold, decryptionKey }: DebugSettings,
  invocation: Invocation,
): Promise<void> {
  const { context, output } = invocation;
  const { events: read, runs, remarks, unread } = await readInputs(inputs, kind, invocation);
  const events = decryptionKey === undefined ? read : await openEncryptedMessages(read, decryptionKey);
  const { stderr } = context.terminal;
  if (!output.quiet) for (const remark of remarks) tellLine(stderr, remark);
  if (!output.quiet && decryptionKey !== undefined && events === read)
    tellLine(stderr, 'The decryption key opens no token of the input.');

  const conversation = sortConversation(events);
  if (conversation.messages.length === 0 && runs.length === 0) {
    throw new UsageError('No OAuth message was found in the input.', {
      hint: 'Name the kind of a response with --as token_response, userinfo or metadata. A recording has to begin before the login.',
    });
  }
  const notRead = [...unread, ...withoutMessage(events, conversation)];
  if (!output.quiet && !output.json) {
    for (const { source, reason } of notRead) tellLine(stderr, `not read: ${source}, because ${reason}.`);
  }
  const document = {
    ...explain(conversation, runs, context.now()),
    ...(notRead.length === 0 ? {} : { unread: notRead }),
  };
  const shown = output.showSecrets
    ? document
    : output.json
      ? hideSecrets(document, quotedSecretsOf(conversation), isSecretParameter)
      : hideSecrets(document, secretsOf(conversation), isShortened);
  printDocument(shown, renderDebug, invocation);
  failOn(threshold, document);
  const why = output.json ? undefined : whyNothingFails(threshold, document);
  if (why !== undefined && !output.quiet) tellStep(stderr, { mark: 'skipped', name: 'Exit 0', text: why });
}

function explain(conversation: Conversation, runs: readonly RecordedRun[], now: Date): DebugDocument {
  const several = conversation.messages.length > 1;
  const { messages } = judgeConversation(conversation, now, runs);
  return {
    version: 1,
    ...(runs.length === 0 ? {} : { runs: runs.map(runOf) }),
    messages: messages.map(({ message, judged, diagnosis, ruled_out }) => {
      const exchange = exchangeOf(message);
      return {
        kind: message.kind,
        outcome: judged.outcome,
        values: judged.values,
        findings: judged.findings,
        ...(judged.challenge === undefined ? {} : { challenge: judged.challenge }),
        ...(judged.visible_error && { visible_error: judged.visible_error }),
        diagnosis,
        ruled_out,
        ...(several ? { source: message.source } : {}),
        ...(Object.keys(exchange).length === 0 ? {} : { exchange }),
      };
    }),
  };
}

/** The inputs of which no event belongs to the conversation. */
function withoutMessage(events: readonly RecordedEvent[], { messages }: Conversation): readonly Unread[] {
  const inputOf = (source: string) => source.replace(/(?:, | \().*$/s, '');
  const read = new Set(messages.map(({ source }) => inputOf(source)));
  const counts = new Map<string, number>();
  for (const { type, source } of events) {
    const input = inputOf(source ?? '');
    if (type === 'exchange' && source !== undefined && !read.has(input))
      counts.set(input, (counts.get(input) ?? 0) + 1);
  }
  return [...counts].map(([source, count]) => ({
    source,
    reason: `${count === 1 ? 'its exchange does not belong' : `none of its ${count} exchanges belongs`} to an OAuth conversation`,
  }));
}

function runOf({ outcome, ...run }: RecordedRun): DebugRun {
  const { status, error, diagnosis = [], ruled_out = [] } = outcome;
  const told = error && { code: error.code, step: error.step, message: error.message, hint: error.hint };
  return { ...run, status, error: told ?? null, diagnosis, ruled_out };
}

function exchangeOf(message: Message): NonNullable<DebugMessage['exchange']> {
  const sent = 'sent' in message ? message.sent : null;
  const request =
    'request' in message && message.request !== null
      ? message.request
      : message.kind === 'token_response' && sent !== null && 'method' in sent
        ? sent
        : undefined;
  const status =
    message.kind === 'callback' ? message.refusedBy : 'response' in message ? message.response?.status : null;
  const url = request && withoutQuery(request.url);
  return {
    ...(request === undefined || !url ? {} : { method: request.method, url }),
    ...(status == null ? {} : { status }),
  };
}

/** Values with a name of their own are a result, which text shortens; everywhere else a secret is replaced. */
function hideSecrets(
  document: DebugDocument,
  secrets: readonly Secret[],
  isResult: (name: string) => boolean,
): DebugDocument {
  const { redactValue, redactJudged } = createRedactor(secrets);
  return {
    ...document,
    messages: document.messages.map(({ kind, outcome, values, findings, diagnosis, ruled_out, ...rest }) => ({
      ...{ kind, outcome, ...redactValue(rest) },
      values: Object.fromEntries(
        Object.entries(values).map(([name, value]) => [name, isResult(name) ? value : redactValue(value)]),
      ),
      findings: redactJudged(findings),
      diagnosis: redactJudged(diagnosis),
      ruled_out: redactJudged(ruled_out),
    })),
    ...(document.runs === undefined ? {} : { runs: redactValue(document.runs) }),
  };
}

function isShortened(name: string): boolean {
  return ['access_token', 'refresh_token', 'code'].includes(name);
}

/**
 * Makes a run fail that found something at or above the threshold: a mistake that the messages prove, a violation, or a
 * recorded run that refused an answer; from `note` on also a note, or an error that a server answered. That alone is no
 * violation: the server may be right.
 * @throws FindingsError
 */
function failOn(threshold: FindingThreshold, { runs = [], messages }: DebugDocument): void {
  if (threshold === 'none') return;
  const proven = messages.flatMap(({ diagnosis }) => diagnosis.filter((cause) => cause.proven === true));
  const findings = messages.flatMap((message) => message.findings);
  const errors = threshold === 'note' ? messages.filter(({ outcome }) => outcome === 'error') : [];
  const found = [
    ...new Set([...runs.flatMap(refusalOf), ...proven.map(({ cause }) => cause)]),
    ...findings
      .filter(({ severity }) => severity === 'violation' || threshold === 'note')
      .map(({ title, id }) => `${title} (${id})`),
    ...errors.map(({ source }) => `An error answer${source === undefined ? '' : ` (${source})`}`),
  ];
  const [first = '', ...others] = found;
  if (found.length === 0) return;
  const more = others.length === 0 ? '.' : `, and ${others.length} more.`;
  throw new FindingsError('findings', say`Found: ${first.replace(/\.$/, '')}${more}`, {
    hint: 'The result above shows all of them. To exit with status 0 anyway: --fail-on none.',
  });
}

/** Why a run did not fail although there is something to tell, in one sentence; undefined when there is nothing. */
function whyNothingFails(threshold: FindingThreshold, { messages }: DebugDocument): string | undefined {
  const hasError = messages.some(({ outcome }) => outcome === 'error');
  const isSilent = messages.every(({ findings, diagnosis }) => findings.length + diagnosis.length === 0);
  if (isSilent && !hasError) return undefined;
  if (threshold === 'none') return '--fail-on none, whatever was found';
  return hasError
    ? 'an error answer by itself breaks no rule of the protocol; --fail-on note counts it'
    : `nothing reaches --fail-on ${threshold}`;
}

/** An answer that our own checks refused breaks a rule. */
function refusalOf({ error, diagnosis }: NonNullable<DebugDocument['runs']>[number]): readonly string[] {
  if (error?.code !== 'validation_failed' && error?.code !== 'invalid_response') return [];
  return [diagnosis[0]?.cause ?? error.message];
}

/** A compact JWE, which has five parts (RFC 7516 §3.1). */
const compactJwe = /\beyJ[\w-]+\.[\w-]*\.[\w-]+\.[\w-]+\.[\w-]+/g;

/**
 * Puts what is inside in the place of each encrypted token that the key opens, wherever in the messages it stands; others
 * stay as they are. The content of a token that was signed before it was encrypted is then judged.
 */
async function openEncryptedMessages(
  events: readonly RecordedEvent[],
  key: DecryptionKey,
): Promise<readonly RecordedEvent[]> {
  const found = new Set<string>();
  mapStrings(events, (text) => {
    for (const [compact] of text.matchAll(compactJwe)) found.add(compact);
    return text;
  });
  const { decryptWith } = await import('../flows/open-encrypted.ts');
  const opened = new Map<string, string>();
  for (const compact of found) {
    const inside = (await decryptWith(key, undefined, compact))?.text;
    // Only a token can stand where a token stood.
    if (inside !== undefined && /^[\w-]+\.[\w-]+\.[\w-]*$/.test(inside)) opened.set(compact, inside);
  }
  return opened.size === 0
    ? events
    : mapStrings(events, (text) => text.replace(compactJwe, (compact) => opened.get(compact) ?? compact));
}
