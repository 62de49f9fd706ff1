import { Command, CommanderError } from 'commander';
import { version } from '../../package.json';
import type { Start } from '../commands/command.ts';
import { type CommandEntry, commands } from '../commands/command-table.ts';
import { createJournal } from '../commands/journal.ts';
import type { Context } from '../context.ts';
import { variableName } from '../settings/setting-layers.ts';

/** Commands for scripts, which the help does not show; they describe the others, so that the table cannot hold them. */
const hiddenCommands: readonly CommandEntry[] = [
  {
    name: '__complete',
    summary: 'Say what may stand at the cursor',
    group: '',
    load: () => import('../commands/complete.ts'),
  },
  {
    name: '__tree',
    summary: 'Describe every command as JSON, for the help',
    group: '',
    load: () => import('../commands/command-tree.ts'),
  },
];

const allCommands = [...commands, ...hiddenCommands];

/**
 * Runs one command line, without the program's name, and returns the exit status. Prints the error, if there is
 * one, as the last thing on stderr.
 */
export async function run(typed: readonly string[], context: Context): Promise<number> {
  const [first = '', ...words] = typed;
  // `--help login` is `login --help`.
  const argv = /^(?:-h|--help)$/.test(first) && words.length > 0 ? [...words, first] : typed;
  const journal = createJournal();
  let helped: Command | undefined;
  const program = createProgram({ context, journal }, argv[0], (command) => {
    helped = command;
    return '';
  });
  try {
    program.hook('preAction', async (_, command) => {
      const invocation = { context, journal };
      if (seemsMistyped(command, argv))
        (await import('../commands/command-line-error.ts')).refuseMistyped(program, argv);
      const unread = Object.keys(context.env).filter((name) => isUnread(name, command));
      if (unread.length > 0)
        await (await import('../commands/mistyped-variable.ts')).warnOfMistyped(unread, command, invocation);
    });
    await program.parseAsync([...argv], { from: 'user' });
    await journal.trace?.finish(undefined);
    return journal.exitStatus ?? 0;
  } catch (thrown) {
    let error: unknown = thrown;
    if (error instanceof CommanderError && (error.exitCode === 0 || helped !== undefined)) {
      try {
        if (helped !== undefined)
          (await import('../commands/command-tree.ts')).printHelp(helped, argv, context);
        return 0;
      } catch (unwritten) {
        error = unwritten;
      }
    }
    const { finishTraceOfFailure } = await import('../commands/trace/record-trace.ts');
    await finishTraceOfFailure({ context, journal }, error);
    const { reportError } = await import('../commands/report-error.ts');
    return reportError(await named(error, program, argv, context), argv, context, journal);
  }
}

/** A variable of ours that is not an option of the command; a folder, a secret and what `exec` hands on never are. */
function isUnread(variable: string, { options }: Command): boolean {
  return (
    /^OAUTH_CODE_(?!(?:HOME|CLIENT_SECRET|ACCESS_TOKEN|TOKEN_TYPE)$)/.test(variable) &&
    options.every(({ long }) => variableName(long?.slice(2) ?? '') !== variable)
  );
}

/** Pasted dashes and quotes, one hyphen before a long name, an option where a value should be, `exec` without `--`. */
function seemsMistyped(command: Command, argv: readonly string[]): boolean {
  const end = argv.indexOf('--');
  return (
    (command.name() === 'exec' && end < 0) ||
    (end < 0 ? argv : argv.slice(0, end)).some((word) =>
      /^[\u2010-\u2015\u2018-\u201f\u2212\u00ab]|^-\w[\w=]|^-.*[\u00a0\u2000-\u200b\u202f\ufeff]/.test(word),
    ) ||
    Object.values(command.opts())
      .flat()
      .some((value) => /^--[a-z]/.test(String(value)))
  );
}

async function named(
  error: unknown,
  program: Command,
  argv: readonly string[],
  context: Context,
): Promise<unknown> {
  if (!(error instanceof CommanderError)) return error;
  const { commandLineError } = await import('../commands/command-line-error.ts');
  return commandLineError(error, program, argv, context);
}

/** Commander asks `formatHelp` for the help of a command; ours is printed once it has ended the run. */
function createProgram(
  invocation: Start,
  first: string | undefined,
  formatHelp: (command: Command) => string,
): Command {
  const { terminal } = invocation.context;
  // Each command below takes these four over when it is made.
  const program = new Command('oauth-code')
    .exitOverride()
    .showSuggestionAfterError(false)
    .configureOutput({ writeOut: (text) => terminal.stdout.write(text), outputError: () => {} })
    .configureHelp({ formatHelp })
    .description(
      'OAuth 2.0 and OpenID Connect on the command line: run a login, check every step, see what is wrong.',
    )
    .usage('COMMAND [options]')
    .version(version, '-V, --version', 'print the version')
    .helpCommand(false)
    .enablePositionalOptions();

  for (const entry of commandsFor(first)) {
    program.command(entry.name).summary(entry.summary).helpGroup(entry.group);
  }
  program.hook('preSubcommand', async (_, command) => {
    const entry = allCommands.find(({ name }) => name === command.name());
    if (entry === undefined) return;
    invocation.journal.command = entry.name;
    const { define } = await entry.load();
    define(command, invocation);
  });
  program.command('help [topic...]').action(async (topic: string[]) => {
    if (topic[0] === 'exit-codes') {
      return terminal.stdout.write((await import('../commands/command-tree.ts')).exitCodesHelp);
    }
    const names = commands.map(({ name }) => name);
    const words = topic.filter((word) => word !== 'help');
    if (words[0] === undefined || names.includes(words[0])) {
      return void (await program.parseAsync([...words, '--help'], { from: 'user' }));
    }
    const { printPage } = await import('../commands/manual.ts');
    await printPage(topic.join(' '), names, invocation.context);
  });
  return program;
}

/** The named command alone, which starts faster; all of them for help, a mistyped name or a hidden one. */
function commandsFor(first: string | undefined): readonly CommandEntry[] {
  const asked = commands.find(({ name }) => name === first);
  return asked === undefined ? allCommands : [asked];
}
