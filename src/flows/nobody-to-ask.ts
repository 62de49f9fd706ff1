import { LoginRequiredError } from '../errors.ts';

/** The refusal of a login that nobody could ever answer, with the ways to have one all the same. */
export function nobodyToAsk(why: string): LoginRequiredError {
  return new LoginRequiredError(`A login needs a person: ${why}.`, {
    step: 'authorization',
    hint:
      'Give --browser COMMAND when a program plays the person, or --no-browser to have the URL printed and wait for ' +
      'whoever opens it. A job of its own needs a grant without a person, such as client credentials.',
  });
}
