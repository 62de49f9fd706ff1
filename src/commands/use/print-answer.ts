import type { OutputStream } from '../../context.ts';
import type { ResourceAnswer } from '../../flows/call-resource.ts';
import type { HttpRequest } from '../../http-message.ts';
import type { RequestDocument } from '../../output/documents.ts';
import { renderJson } from '../../output/render-json.ts';
import { inertLines, inertText } from '../../output/terminal-text.ts';
import { readChallenges } from '../../protocol/challenge.ts';
import type { OptionReader } from '../../settings/option-reader.ts';
import { settleOutput } from '../../settings/output-settings.ts';
import type { Invocation } from '../command.ts';
import { tellStep } from '../tell-step.ts';

/** Prints the answer of an API on stdout: octet by octet into a pipe or file, harmless on a terminal. */
export function printAnswer(
  request: HttpRequest,
  answer: ResourceAnswer,
  options: OptionReader,
  { context }: Invocation,
): void {
  const { stdout, stderr } = context.terminal;
  const { exchange, redirect } = answer;
  const { status, headers } = exchange.response;
  const octets = exchange.octets ?? Buffer.from(exchange.response.body);
  const tell = (text: string) => {
    if (!options.isOn('quiet')) tellStep(stderr, { mark: 'warn', name: 'Request', text });
  };
  if (redirect !== undefined) tell(redirectText(redirect));
  if (settleOutput(options).json) {
    stdout.write(
      renderJson(buildDocument(request, answer, octets), { pretty: stdout.isTTY, color: stdout.color }),
    );
    return;
  }
  if (options.isOn('include') || options.isOn('head')) {
    const lines = [`HTTP/1.1 ${status}`, ...headers.map(([name, value]) => `${name}: ${value}`), '', ''];
    stdout.write(
      lines.map((line) => (stdout.isTTY ? inertText(line) : line)).join(stdout.isTTY ? '\n' : '\r\n'),
    );
  }
  const text = readText(octets);
  if (!stdout.isTTY) stdout.writeOctets(octets);
  else if (text === undefined || text.includes('\0')) {
    tell(`the body is ${octets.length} octets that are no text; redirect stdout to a file to keep them`);
  } else writeForPerson(text, stdout);
}

function redirectText({ to, reason }: NonNullable<ResourceAnswer['redirect']>): string {
  switch (reason) {
    case 'not-asked':
      return `redirects to ${to}; --follow goes there within the origin`;
    case 'method':
      return `redirects to ${to}; only GET and HEAD are sent again`;
    case 'other-origin':
      return `redirects to ${to}, another origin, which must not see the token`;
    case 'too-many':
      return `redirects once more, to ${to}; five were followed`;
  }
}

function writeForPerson(text: string, stdout: OutputStream): void {
  if (text === '') return;
  const inert = text.split('\t').map(inertLines).join('\t');
  stdout.write(inert.endsWith('\n') ? inert : `${inert}\n`);
}

function buildDocument(
  { method }: HttpRequest,
  { exchange, redirect }: ResourceAnswer,
  octets: Uint8Array,
): RequestDocument {
  const { request, response, durationMs } = exchange;
  const text = readText(octets);
  return {
    version: 1,
    request: { method, url: request.url },
    response: {
      status: response.status,
      headers: response.headers,
      body: text ?? null,
      ...(text === undefined ? { body_base64: Buffer.from(octets).toString('base64') } : {}),
    },
    duration_ms: Math.round(durationMs),
    redirect: redirect?.to ?? null,
    challenges: readChallenges(response.headers).map(({ scheme, token68, parameters }) => ({
      scheme,
      token68,
      parameters: Object.fromEntries(parameters.toReversed()),
    })),
  };
}

/** undefined when the octets are no UTF-8. */
function readText(octets: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(octets);
  } catch {
    return undefined;
  }
}
