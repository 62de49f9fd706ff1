// Files that are far larger than what they are about: a recording of 50 MB, and 100 MB of a single text.
import { spawnSync } from 'node:child_process';
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { withPeakMemory } from './measured-process.mjs';

const RUNS = 3;
const MEGABYTE = 1e6;

const header = (name, value) => ({ name, value });
const entry = (method, url, status, answer, sent) => ({
  startedDateTime: '2026-11-20T10:00:00Z',
  time: 1,
  request: {
    method,
    url,
    headers: [header('content-type', 'application/x-www-form-urlencoded')],
    ...(sent === undefined
      ? {}
      : { postData: { mimeType: 'application/x-www-form-urlencoded', text: sent } }),
  },
  response: {
    status,
    headers: [header('content-type', 'application/json')],
    content: { size: answer.length, text: answer },
  },
});
const refused = entry(
  'POST',
  'https://as.example/token',
  400,
  '{"error":"invalid_grant"}',
  'grant_type=authorization_code&code=abc&redirect_uri=https%3A%2F%2Fapp.example%2Fcb',
);
const asset = `,${JSON.stringify(entry('GET', 'https://cdn.example/app.js', 200, 'x'.repeat(40_000)))}`;
const exchange = `,${JSON.stringify({
  type: 'exchange',
  at_ms: 1,
  step: 'token',
  started_at: '2026-11-20T10:00:00Z',
  duration_ms: 1,
  request: { method: 'POST', url: 'https://as.example/token', headers: [] },
  response: {
    status: 400,
    headers: [],
    body: JSON.stringify({ error: 'invalid_grant', a: 'x'.repeat(400_000) }),
  },
})}`;

/** What is written, with the commands that are to read it, their exit status and what of their output tells that they did. */
const cases = [
  {
    name: 'a HAR of 50 MB',
    megabytes: 50,
    parts: [`{"log":{"version":"1.2","entries":[${JSON.stringify(refused)}`, asset, ']}}'],
    reads: [
      { args: (file) => ['debug', file], status: 0, says: 'invalid_grant' },
      { args: (file) => ['report', file, '--format', 'markdown'], status: 0, says: 'invalid_grant' },
      { args: (file) => ['diff', file, file], status: 0, says: '' },
    ],
  },
  {
    name: 'a trace of 50 MB',
    megabytes: 50,
    parts: ['{"version":1,"kind":"trace","command":"login","events":[{"type":"remark"}', exchange, ']}'],
    reads: [{ args: (file) => ['report', file], status: 0, says: 'as.example' }],
  },
  ...[
    ['JSON of one text of 100 MB', ['{"access_token":"', 'abcdefgh', '","token_type":"Bearer"}']],
    ['JSON of many members of 100 MB', ['{', '"abcdefgh":12345,', '"z":1}']],
    ['a JWT of 100 MB', ['eyJhbGciOiJub25lIn0.', 'abcdefgh', '.']],
    ['text of 100 MB', ['', 'lorem ipsum dolor sit amet \n', '']],
  ].map(([name, parts]) => ({
    name,
    megabytes: 100,
    parts,
    reads: [['debug'], ['decode'], ['report'], ['profile', 'import']].map((words) => ({
      args: (file) => [...words, file],
      status: 2,
      says: '',
    })),
  })),
];

/** Lets the commands read each file; `report` is told the least time and the most memory of three runs. */
export function measureLargeInputs({ bin, folder }, env, report) {
  const file = join(folder, 'large-input');
  for (const { name, megabytes, parts, reads } of cases) {
    write(file, parts, megabytes * MEGABYTE);
    for (const { args, status, says } of reads) {
      const command = `${args('FILE').join(' ')}, ${name}`;
      const runs = Array.from({ length: RUNS }, () => run([bin, ...args(file)], env, join(folder, 'memory')));
      const wrong = runs.find((one) => one.status !== status || !one.output.includes(says));
      report({
        command,
        problem: wrong === undefined ? undefined : `ended with ${wrong.status}`,
        seconds: Math.min(...runs.map((one) => one.seconds)),
        megabytes: Math.max(...runs.map((one) => one.megabytes)),
      });
    }
  }
  rmSync(file, { force: true });
}

function run(args, env, reportFile) {
  const { invocation, readMegabytes } = withPeakMemory({ command: process.execPath, args, env }, reportFile);
  const startedAtMs = performance.now();
  const { status, stdout, stderr } = spawnSync(invocation.command, invocation.args, {
    env: invocation.env,
    encoding: 'utf8',
    maxBuffer: 1e9,
  });
  const seconds = (performance.now() - startedAtMs) / 1000;
  return { status, output: stdout + stderr, seconds, megabytes: readMegabytes() };
}

/** The beginning, the middle over and over, the end. */
function write(file, [start, middle, end], octets) {
  const descriptor = openSync(file, 'w');
  const block = middle.repeat(Math.ceil(MEGABYTE / middle.length));
  writeSync(descriptor, start);
  for (let written = start.length; written < octets; written += block.length) writeSync(descriptor, block);
  writeSync(descriptor, end);
  closeSync(descriptor);
}
