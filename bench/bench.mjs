// `npm run bench`: how long the installed package takes, against a bare `node -e 0` and, for a whole login, against
// the same login written with openid-client. Figures of one run compare with each other, not with other machines.
//
//   --rounds N     measured rounds a case (default 41)
//   --case NAME    only this case; may be repeated
//   --node PATH    measure with another Node binary
//   --person MS    let the scripted person take this long in the browser (its time is subtracted)
//   --no-build     pack what stands in dist/
//   --json         one JSON document instead of text
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { createCertificate } from './fixture-process.mjs';
import { LOGIN_CASES, measureLogin } from './login-case.mjs';
import { installPackage } from './package-under-test.mjs';
import { renderReport } from './report.mjs';
import { measureLaunch, measureStart, START_CASES } from './start-case.mjs';
import { measureToken, TOKEN_CASES } from './token-case.mjs';

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '41' },
    case: { type: 'string', multiple: true },
    node: { type: 'string', default: process.execPath },
    person: { type: 'string', default: '0' },
    build: { type: 'boolean', default: true },
    json: { type: 'boolean', default: false },
  },
  allowNegative: true,
});

const known = [...Object.keys(START_CASES), ...Object.keys(TOKEN_CASES), ...Object.keys(LOGIN_CASES), 'npx'];
const wanted = options.case ?? known;
const unknown = wanted.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  process.stderr.write(`unknown case ${unknown.join(', ')}; there are ${known.join(', ')}\n`);
  process.exit(2);
}

const progress = (text) => process.stderr.write(`${text}\n`);
const nodeVersion = spawnSync(options.node, ['--version'], { encoding: 'utf8' }).stdout.trim();

progress('packing and installing');
const subject = installPackage({ build: options.build });
try {
  const run = {
    node: options.node,
    major: Number.parseInt(nodeVersion.slice(1), 10),
    subject,
    rounds: Number(options.rounds),
    warmUps: 3,
    personMs: Number(options.person),
  };
  const cases = [];
  const startNames = Object.keys(START_CASES).filter((name) => wanted.includes(name));
  if (startNames.length > 0) {
    progress(startNames.join(', '));
    cases.push(...(await measureStart(run, startNames)));
  }
  const tokenNames = Object.keys(TOKEN_CASES).filter((name) => wanted.includes(name));
  if (tokenNames.length > 0) {
    progress(tokenNames.join(', '));
    cases.push(...(await measureToken(run, tokenNames)));
  }
  const certificate = createCertificate(subject.folder);
  for (const name of Object.keys(LOGIN_CASES).filter((name) => wanted.includes(name))) {
    if (LOGIN_CASES[name].tls && certificate === undefined) {
      progress(`${name}: skipped, there is no openssl to make a certificate with`);
      continue;
    }
    progress(name);
    cases.push(await measureLogin(run, name, certificate));
  }
  if (wanted.includes('npx') && process.platform !== 'win32') {
    progress('npx');
    cases.push(await measureLaunch(run));
  }
  const document = {
    version: 1,
    node: nodeVersion,
    platform: `${process.platform} ${process.arch}`,
    rounds: run.rounds,
    tarball_bytes: subject.tarballBytes,
    cases,
  };
  process.stdout.write(options.json ? `${JSON.stringify(document, null, 2)}\n` : renderReport(document));
} finally {
  subject.remove();
}
