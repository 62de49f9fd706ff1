import { judgeMessage } from '../../src/checks/judge-message.ts';
import { secretsOf } from '../../src/commands/debug/judge-conversation.ts';
import { diagnoseMessage } from '../../src/diagnosis/diagnose-message.ts';
import { parseIfJson } from '../../src/json/parse-json-exactly.ts';
import { createRedactor } from '../../src/output/redact.ts';
import { renderDebug } from '../../src/output/render-debug.ts';
import { compareTraces } from '../../src/output/trace/compare-traces.ts';
import { redactTrace, revealTrace } from '../../src/output/trace/redact-trace.ts';
import { renderComparison } from '../../src/output/trace/render-comparison.ts';
import { renderTrace } from '../../src/output/trace/render-trace.ts';
import { traceFormats } from '../../src/output/trace/trace-formats.ts';
import { sortConversation } from '../../src/recording/conversation.ts';
import { isOauthExchange } from '../../src/recording/exchange-purpose.ts';
import { readHarEntry } from '../../src/recording/har.ts';
import { readHttpText } from '../../src/recording/http-text.ts';
import { JsonArrayCutter } from '../../src/recording/json-array-cutter.ts';
import {
  eventOfTrace,
  type InputKind,
  inputKinds,
  readElement,
  recogniseInput,
} from '../../src/recording/recognise-input.ts';
import { tellAsRun } from '../../src/recording/tell-as-run.ts';
import { readTrace } from '../../src/recording/trace-format.ts';
import { exampleTrace } from '../output/trace/example-trace.ts';
import { fuzzParsers } from './fuzz-parsers.ts';
import { asCurl, asHar, asVerboseCurl, callbackUrls, savedCases } from './provider-messages.ts';

const now = new Date('2026-11-20T12:00:00Z');
const view = { columns: 80, color: false, unicode: true, now, showSecrets: false };
const looks = { columns: 80, color: false, unicode: true };
const traces = [
  JSON.stringify(exampleTrace()),
  JSON.stringify(redactTrace(exampleTrace())),
  JSON.stringify({ version: 1, kind: 'trace', events: [{ type: 'callback', url: 'x' }] }),
];
const hars = [asHar(savedCases.slice(0, 3)), asHar(savedCases.slice(20, 23))];
const httpTexts = [...savedCases.map(asCurl), ...savedCases.map(asVerboseCurl)];
const lines = [
  'https://as.example/a?response_type=code&client_id=a&redirect_uri=https%3A%2F%2Fa&code_challenge=x&state=s',
  'WWW-Authenticate: Bearer realm="x", error="invalid_token"',
  'Bearer eyJhbGciOiJub25lIn0.eyJleHAiOjF9.',
  'grant_type=authorization_code&code=abc&client_id=a',
];
const pasted = [
  'curl -u a:b https://as.example/token \\\n --data-urlencode \'scope=a b\' -d grant_type=x\n{"error":"invalid_client"}',
  'http -a a:b --form POST :8080/token grant_type=password x:y',
  'fetch("https://as.example/token", {"headers":{"a":"b"},"body":"grant_type=x","method":"POST"});',
  'Invoke-RestMethod -Uri "https://as.example/token" -Method Post -Body @{ grant_type = "x" } -Headers @{ a="b" }',
  '=> Send header, 9 bytes (0x9)\n0000: POST /token HTTP/1.1\n<= Recv data, 4 bytes (0x4)\n0000: 7b 7d 0d 0a  {}..\n',
  "level=error error='invalid_grant', error_description: 'x' status code '400'\noauth2: \"invalid_grant\" \"y\"",
  '{"error":"{\\"error\\":\\"invalid_grant\\",\\"error_description\\":\\"z\\"}"}\n{"a":1}',
  'meta {\n  name: x\n}\npost {\n  url: https://a/token\n}\nbody:form-urlencoded {\n  a: b\n}\n',
  '<?xml version="1.0"?><items burpVersion="1"><item><url>https://a/t</url><request>POST /t HTTP/1.1\nHost: a\n\n</request></item></items>',
  '{"info":{"name":"x"},"item":[{"name":"y","request":{"method":"POST","url":{"raw":"https://a/token"},"body":{"mode":"urlencoded","urlencoded":[{"key":"a","value":"b"}]}},"response":[{"code":400,"body":"{}"}]}]}',
  "AxiosError: x\n{\n  config: {\n    headers: { 'A': 'b' },\n    method: 'post',\n    url: 'https://a/token',\n    data: 'a=b'\n  },\n  response: { status: 400, data: { error: 'invalid_grant' } }\n}",
  '{"type":"collection.insomnia.rest/5.0","collection":[{"children":[{"url":"https://a/token","method":"POST"}]}]}',
  '{"_type":"export","resources":[{"_type":"request","url":"https://a/token","method":"POST","body":{"mimeType":"x","text":"y"}}]}',
  'curl: (60) SSL certificate problem: self-signed certificate',
];
const documents = savedCases.map((saved) => JSON.stringify(saved));
const all = [
  ...documents,
  ...savedCases.map(({ response }) => response.body),
  ...callbackUrls,
  ...httpTexts,
  ...hars,
  JSON.stringify(savedCases.slice(0, 3)),
  ...traces,
  ...lines,
  ...pasted,
];
const fragments = [
  'HTTP/1.1 200 OK\n',
  '< ',
  '> ',
  '* ',
  'AADSTS50011',
  '{ [5 bytes data]\n',
  '"log":{"entries":[',
];

/** Everything `debug` does with a text, but for reading and printing it. */
function explain(text: string): void {
  const recognition = recogniseInput(text, 'input', kindOf(text));
  if (recognition.type !== 'recognised') return;
  const conversation = sortConversation(recognition.events);
  const messages = conversation.messages.map((message) => {
    const judged = judgeMessage(message, now);
    return {
      kind: message.kind,
      ...judged,
      ...diagnoseMessage(message, judged, conversation),
      source: message.source,
    };
  });
  createRedactor(secretsOf(conversation)).redactValue(messages);
  refuseActive(renderDebug({ version: 1, messages }, view));
}

/** Of some texts it is said what they are; which, is told from the length. */
function kindOf(text: string): InputKind | undefined {
  return text.length % 8 === 0 ? inputKinds[(text.length / 8) % inputKinds.length] : undefined;
}

/** Everything `report` does with a text, in each of its formats. */
function report(text: string): void {
  const reading = readTrace(text);
  if (reading.type !== 'trace') return;
  const { recording: trace } = reading;
  for (const shown of [redactTrace(trace), revealTrace(trace)]) {
    for (const format of traceFormats) refuseActive(renderTrace(shown, format));
  }
}

function compare(text: string): void {
  const recognition = recogniseInput(text, 'input');
  if (recognition.type !== 'recognised') return;
  const trace = tellAsRun(recognition.events);
  const redactor = createRedactor();
  const [a, b] = [redactTrace(trace, [], redactor), redactTrace(exampleTrace(), [], redactor)];
  const comparison = compareTraces(a, b, { names: ['a', 'b'], redacted: 'neither' });
  refuseActive(renderComparison(comparison, looks, text.length % 2 === 0));
}

function cut(text: string): void {
  const read = (element: string, path: string) => {
    const value = parseIfJson(element);
    if (value === undefined) return;
    if (path === 'events') eventOfTrace(value, 'x');
    else if (path === '') readElement(value, 'x');
    else {
      const exchange = readHarEntry(value, 'x');
      if (exchange !== undefined) isOauthExchange(exchange);
    }
  };
  const cutter = new JsonArrayCutter(['log.entries', 'events', ''], 8_000_000, read);
  const piece = 1 + (text.length % 97);
  for (let at = 0; at < text.length; at += piece) cutter.push(text.slice(at, at + piece));
}

function refuseActive(shown: string): void {
  const active = /[^\n\P{Cc}]|[\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/u.exec(shown);
  if (active !== null) throw new Error(`an active character is shown: ${JSON.stringify(active[0])}`);
}

fuzzParsers([
  { name: 'whatever was saved, read, judged, diagnosed and shown', seeds: all, fragments, parse: explain },
  {
    name: 'what curl printed',
    seeds: httpTexts,
    fragments,
    parse: (text) => readHttpText(text, 'input'),
  },
  { name: 'a recording that arrives in pieces', seeds: [...hars, ...traces], parse: cut },
  { name: 'a trace in every format', seeds: traces, share: 0.1, longest: 20_000, parse: report },
  { name: 'two recordings compared', seeds: [...hars, ...documents, ...traces], share: 0.3, parse: compare },
]);
