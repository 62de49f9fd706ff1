import type { Context } from '../context.ts';

/** Whether this is a job of a CI system: CI is set, and not to one of the words that mean no. */
export function isCi({ CI }: Context['env']): boolean {
  return CI !== undefined && !/^(|0|false|no|off)$/i.test(CI);
}
