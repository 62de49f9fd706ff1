import { UsageError } from '../../errors.ts';
import { drawnReport } from '../../output/trace/own-report.ts';

/**
 * Refuses a report that this tool drew for people: what its shortened pieces would be read as was never sent.
 * @throws UsageError
 */
export function refuseReport(text: string, name: string): void {
  const format = drawnReport(text);
  if (format === undefined) return;
  throw new UsageError(`${name} is a report (${format}) for people, and no recording.`, {
    hint: 'Give the recording it was made of: the .json or .har of --trace. --trace run.json --trace run.md writes both.',
  });
}
