import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** Generous on a busy machine: a test waits for what it expects, and a deadline ends only a test that hangs. */
const patience = {
  testTimeout: 60_000,
  hookTimeout: 60_000,
  expect: { poll: { timeout: 30_000 } },
};
const globalSetup = ['test/own-home.ts'];
const setupFiles = ['test/fetch-like-a-browser.ts'];

export default defineConfig({
  test: {
    // Much of the time is waiting for servers and time-outs: one worker more than there are cores keeps these busy.
    maxWorkers: availableParallelism() + 1,
    projects: [
      {
        test: {
          ...patience,
          name: 'unit',
          // A module is loaded once for all files of a worker, which halves the time of these tests. So a helper does
          // nothing by being loaded that each file needs: it closes what it opened with `onTestFinished`.
          isolate: false,
          include: ['test/**/*.test.ts'],
          exclude: ['test/end-to-end/**', 'test/nightly/**'],
          globalSetup,
          setupFiles,
        },
      },
      {
        test: {
          ...patience,
          name: 'end-to-end',
          include: ['test/end-to-end/**/*.test.ts'],
          isolate: false,
          globalSetup: [...globalSetup, 'test/end-to-end/build-once.ts'],
          setupFiles: [...setupFiles, 'test/end-to-end/home-of-file.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      // Large inputs and processor time: too slow for every change, and run by `npm run nightly` alone.
      ...(process.env.NIGHTLY === undefined
        ? []
        : [
            {
              test: {
                ...patience,
                name: 'nightly',
                include: ['test/nightly/**/*.test.ts'],
                globalSetup: [...globalSetup, 'test/end-to-end/build-once.ts'],
                setupFiles: [...setupFiles, 'test/end-to-end/home-of-file.ts'],
                testTimeout: 120_000,
              },
            },
          ]),
    ],
  },
});
