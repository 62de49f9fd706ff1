import type { Context } from '../../context.ts';
import { NamedError } from '../../errors.ts';
import type { DoctorCheck } from '../../output/render-doctor.ts';
import type { OptionReader } from '../../settings/option-reader.ts';
import { settleConnection } from '../../settings/settle-server.ts';

const check = { id: 'connection', title: 'Connection options' };

/** Whether the options of a connection, and the files they name, can be used; nothing when none was given. */
export async function checkConnection(options: OptionReader, context: Context): Promise<DoctorCheck[]> {
  const named = ['ca-file', 'cert', 'key'].flatMap((name) => options.text(name) ?? []);
  try {
    // The proxy has a row of its own.
    const { proxy: _, ...settings } = await settleConnection(options, context);
    if (named.length === 0) return [];
    await (await context.connect(settings)).close();
    return [{ ...check, outcome: 'pass', detail: `${[...new Set(named)].join(', ')} can be used.` }];
  } catch (error) {
    if (!(error instanceof NamedError) || error === context.signal.reason) throw error;
    return [brokenConnection(error)];
  }
}

/** The failure of options that cannot be used. */
export function brokenConnection({ message, hint }: NamedError): DoctorCheck {
  return { ...check, outcome: 'fail', detail: message, cure: hint ?? 'Correct the option.' };
}
