import type { Prompt } from '../context.ts';
import { CancelledError } from '../errors.ts';

/** Questions on the terminal; everything is written to stderr, so that stdout holds results only. */
export async function openPrompt(signal: AbortSignal): Promise<Prompt> {
  const { createPromptModule } = await import('inquirer');
  const ask = createPromptModule({ output: process.stderr });
  type Question = Parameters<typeof ask<{ answer: unknown }>>[0];
  const answerTo = async (question: object): Promise<unknown> => {
    // Reading lines has let go of the terminal; without it the process would end before the answer.
    process.stdin.ref();
    try {
      const asked = [{ name: 'answer', ...question }] as unknown as Question;
      return (await ask<{ answer: unknown }>(asked)).answer;
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (error instanceof Error && error.name === 'ExitPromptError') throw new CancelledError('SIGINT');
      throw error;
    }
  };
  return {
    confirm: async (message) => (await answerTo({ type: 'confirm', message, default: false })) === true,
    async line(message, { preset, validate } = {}) {
      const answer = await answerTo({
        type: 'input',
        message,
        ...(preset === undefined ? {} : { default: preset }),
        ...(validate === undefined ? {} : { validate: (text: string) => validate(text.trim()) }),
      });
      return String(answer).trim();
    },
    async secret(message, { validate } = {}) {
      const answer = await answerTo({
        type: 'password',
        message,
        mask: '*',
        ...(validate === undefined ? {} : { validate }),
      });
      return String(answer);
    },
    choose: async (message, choices) => String(await answerTo({ type: 'select', message, choices })),
    async chooseMany(message, choices) {
      const answer = await answerTo({ type: 'checkbox', message, choices });
      return Array.isArray(answer) ? answer.map(String) : [];
    },
  };
}
