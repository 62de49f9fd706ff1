import { expect, it } from 'vitest';
import {
  describeInterruptions,
  doors,
  startInterruptions,
  storm,
} from '../end-to-end/interrupted-refresh.ts';

const processes = 200;

describeInterruptions(20);

it.each(doors)(
  `${processes} processes at once refresh an expired session once, through $door`,
  async (door) => {
    // All of them come before it has answered.
    const place = await startInterruptions(5000);
    try {
      const { refreshes, said } = await storm(place, door, processes);
      const stdout = `${place.server.last.accessToken}\n`;
      expect(said).toEqual(new Set([JSON.stringify({ status: 0, stdout, stderr: '' })]));
      expect(refreshes).toBe(1);
    } finally {
      await place.close();
    }
  },
  300_000,
);
