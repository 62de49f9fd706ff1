import { describeInterruptions } from './interrupted-refresh.ts';

// test/nightly does it more often.
describeInterruptions(1);
