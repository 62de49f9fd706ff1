import type { Command, Option } from 'commander';
import type { Context } from '../context.ts';
import { ownMember } from '../json/json.ts';
import { specOf } from '../settings/option-reader.ts';
import type { Start } from './command.ts';
import { commands } from './command-table.ts';

/** A word that may stand at the cursor, and what it means. */
interface Candidate {
  readonly word: string;
  readonly description: string;
}

const names = commands.map(({ name }) => name);

/** Gives `__complete`, which the completion scripts run, its arguments and action. */
export function define(command: Command, invocation: Start): void {
  command
    .argument('[words...]', 'the words typed so far, the unfinished one last')
    .action(async (words: string[]) => {
      const unfinished = words.at(-1) ?? '';
      const candidates = await candidatesFor(words.slice(0, -1), unfinished, command, invocation);
      const lines = candidates
        .filter(({ word }) => word.startsWith(unfinished))
        .map(({ word, description }) => `${word}\t${description.split('\n')[0]}\n`);
      invocation.context.terminal.stdout.write(lines.join(''));
    });
}

async function candidatesFor(
  before: readonly string[],
  unfinished: string,
  own: Command,
  invocation: Start,
): Promise<readonly Candidate[]> {
  const isHelp = before[0] === 'help';
  const [name, ...rest] = isHelp ? before.slice(1) : before;
  if (name === undefined) {
    const further = isHelp ? (await import('./manual.ts')).pageNames(names) : ['help'];
    return [
      ...commands.map((entry) => ({ word: entry.name, description: entry.summary })),
      ...further.map((word) => ({ word, description: isHelp ? 'page of the manual' : 'show help' })),
    ];
  }
  const entry = commands.find((candidate) => candidate.name === name);
  if (entry === undefined || rest.includes('--')) return [];
  const { define } = await entry.load();
  let command = own.createCommand(entry.name);
  define(command, invocation);
  for (const word of rest) command = command.commands.find((sub) => sub.name() === word) ?? command;

  const previous = rest.at(-1) ?? '';
  const awaiting = command.options.find(
    (option) => [option.long, option.short].includes(previous) && (option.required || option.optional),
  );
  if (awaiting !== undefined) return valuesOf(awaiting, invocation);
  if (unfinished.startsWith('-')) {
    return command.options
      .filter(({ hidden }) => !hidden)
      .map((option) => ({ word: option.long ?? option.short ?? '', description: option.description }));
  }
  const subcommands = command.commands.map((sub) => ({
    word: sub.name(),
    description: sub.summary() || sub.description(),
  }));
  const path = [name, ...rest.filter((word) => !word.startsWith('-'))].join(' ');
  const words = isHelp ? undefined : ownMember(operands, path);
  return words === undefined
    ? subcommands
    : (await words(invocation)).map((word) => ({ word, description: '' }));
}

const profiles = ({ context }: Start) => profileNames(context);
const lastRun = () => ['last'];

/** Words that an operand may be, by the commands and operands before it; a file is completed by the shell. */
const operands: Readonly<Record<string, (run: Start) => readonly string[] | Promise<readonly string[]>>> = {
  completion: async () => (await import('./completion.ts')).shells,
  debug: lastRun,
  diff: lastRun,
  init: async () =>
    (await import('../providers/find-provider.ts')).providers.map(({ name }) =>
      name.toLowerCase().replaceAll(' ', '-'),
    ),
  'profile edit': profiles,
  'profile remove': profiles,
  'profile show': profiles,
  report: lastRun,
  'session remove': profiles,
  'session show': profiles,
};

/** Values for an option; for none the shell completes file names. */
async function valuesOf(option: Option, invocation: Start): Promise<readonly Candidate[]> {
  if (option.long === '--profile') {
    return (await profileNames(invocation.context)).map((word) => ({ word, description: 'profile' }));
  }
  return (specOf(option)?.choices ?? []).map((word) => ({ word, description: '' }));
}

/** The names of all profiles in force. @throws ConfigError */
export async function profileNames(context: Context): Promise<readonly string[]> {
  const { loadSettings, profileNames: namesOf } = await import('../storage/load-settings.ts');
  const { profileKeys } = await import('../settings/profile-keys.ts');
  const loaded = await loadSettings(context, undefined, profileKeys);
  return namesOf(loaded);
}
