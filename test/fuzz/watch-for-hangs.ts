import { Worker } from 'node:worker_threads';

/** Told what is at work, so that something that never ends can be named. */
export interface Watch {
  started(text: string): void;
  ended(): void;
  stop(): Promise<void>;
}

/** Of processor time, which a busy machine does not use up for somebody who waits. */
const longestCpuSeconds = 120;
const shownOctets = 2000;

/**
 * A synchronous loop without end keeps the test runner from doing anything about it. This watches from a thread of its
 * own: when one input takes minutes of processor time, it prints the input and ends the process.
 */
export function watchForHangs(name: string): Watch {
  const shared = new SharedArrayBuffer(8 + shownOctets);
  const state = new Int32Array(shared, 0, 2);
  const shown = Buffer.from(shared, 8);
  const watcher = new Worker(watching, {
    eval: true,
    workerData: { shared, name, limit: longestCpuSeconds * 1e6 },
  });
  watcher.unref();
  return {
    started(text) {
      Atomics.store(state, 1, shown.write(text));
      Atomics.add(state, 0, 1);
    },
    ended() {
      Atomics.add(state, 0, 1);
    },
    stop: async () => void (await watcher.terminate()),
  };
}

/** The count of what began and ended is odd while something is at work. */
const watching = `
const { workerData: { shared, name, limit } } = require('node:worker_threads');
const { writeSync } = require('node:fs');
const state = new Int32Array(shared, 0, 2);
let last = -1;
let since = 0;
setInterval(() => {
  const count = Atomics.load(state, 0);
  const { user, system } = process.cpuUsage();
  const now = user + system;
  if (count !== last || count % 2 === 0) {
    last = count;
    since = now;
  } else if (now - since > limit) {
    const text = Buffer.from(shared, 8, Atomics.load(state, 1)).toString();
    writeSync(2, 'HANG: ' + name + ' does not end with an input that begins with ' + JSON.stringify(text) + '\\n');
    process.kill(process.pid, 'SIGKILL');
  }
}, 500);
`;
