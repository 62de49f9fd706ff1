import type { Prompt } from '../context.ts';
import { CancelledError } from '../errors.ts';

/** Questions on the terminal; everything is written to stderr, so that stdout holds results only. */
export async function openPrompt(signal: AbortSignal): Promise<Prompt> {
  const { checkbox, confirm, input, password, select } = await import('@inquirer/prompts');
  const answerTo = async <Question, Answer>(
    ask: (question: Question, places: { output: NodeJS.WritableStream }) => Promise<Answer>,
    question: Question,
  ): Promise<Answer> => {
    // Reading lines has let go of the terminal; without it the process would end before the answer.
    process.stdin.ref();
    try {
      return await ask(question, { output: process.stderr });
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (error instanceof Error && error.name === 'ExitPromptError') throw new CancelledError('SIGINT');
      throw error;
    }
  };
  return {
    confirm: (message) => answerTo(confirm, { message, default: false }),
    async line(message, { preset, validate } = {}) {
      const answer = await answerTo(input, {
        message,
        ...(preset === undefined ? {} : { default: preset }),
        ...(validate === undefined ? {} : { validate: (text: string) => validate(text.trim()) }),
      });
      return answer.trim();
    },
    secret: (message, { validate } = {}) =>
      answerTo(password, { message, mask: '*', ...(validate === undefined ? {} : { validate }) }),
    choose: (message, choices) => answerTo(select<string>, { message, choices }),
    chooseMany: (message, choices) => answerTo(checkbox<string>, { message, choices }),
  };
}
