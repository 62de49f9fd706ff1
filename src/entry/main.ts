import { cancelOnSignals } from '../adapters/signals.ts';
import { run } from './program.ts';
import { createContext } from './system-context.ts';

// A process that stops before its run is over has not succeeded.
process.exitCode = 1;
const argv = process.argv.slice(2);
const signals = cancelOnSignals();
run(argv, createContext(argv, signals.signal)).then((status) => {
  process.exitCode = status;
  signals.release();
});
