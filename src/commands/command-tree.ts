import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { type CommandDescription, renderHelp } from '../output/render-help.ts';
import { specOf } from '../settings/option-reader.ts';
import { notesOf, type Start } from './command.ts';

const examples = `
Examples:
  $ oauth-code demo
  $ oauth-code login --issuer https://login.example.com --client-id my-app
  $ oauth-code discover https://login.example.com

Every option is also read from a variable: --client-id is OAUTH_CODE_CLIENT_ID.
"oauth-code help SUBJECT" prints a page of the manual, such as ci, google or login.md.
`;

/** What the exit statuses mean. */
export const exitCodesHelp = `Exit statuses:
  0    done
  1    a bug of this tool; --debug shows the stack
  2    the command line, the environment or a file of yours is wrong
  3    the server answered with an OAuth error, which is shown unaltered
  4    a person is needed and none can be asked
  5    nothing usable came back: network, TLS or time-out
  6    an answer came and may not be trusted or cannot be read
  7    something was found at or above --fail-on, or an --expect was not met
  126  "exec" could not run the program; 127: there is none. Else its own status
  130  Ctrl-C (129: SIGHUP, 143: SIGTERM); nothing is left half-written
`;

/** Gives `__tree` its action: it prints every command as JSON, of which the build makes the help. */
export function define(command: Command, start: Start): void {
  command.action(async () => {
    const program = command.parent ?? command;
    const { commands } = await import('./command-table.ts');
    for (const { name, load } of commands) {
      const { define: defineEntry } = await load();
      const own = program.commands.find((one) => one.name() === name);
      if (own !== undefined) defineEntry(own, start);
    }
    start.context.terminal.stdout.write(`${JSON.stringify(describeCommand(program))}\n`);
  });
}

const helpOption = {
  flags: '-h, --help',
  description: 'show help: -h the usual options, --help all',
  group: '',
  usual: true,
} as const;

/** A command as its help describes it; without what is hidden. */
export function describeCommand(command: Command, parent = ''): CommandDescription {
  const name = `${parent}${command.name()}`;
  return {
    name,
    summary: command.summary(),
    description: command.description(),
    usage: command.usage(),
    group: command.helpGroup(),
    words: command.registeredArguments
      .filter(({ description }) => description !== '')
      .map((argument) => [argument.name(), argument.description] as const),
    options: [
      ...command.options
        .filter(({ hidden }) => !hidden)
        .map((option) => ({
          flags: option.flags,
          description: option.description,
          group: option.helpGroupHeading ?? '',
          usual: specOf(option)?.usual === true,
        })),
      helpOption,
    ],
    commands: command.commands
      .filter((own) => !/^(?:__|help$)/.test(own.name()))
      .map((own) => describeCommand(own, `${name} `)),
    notes: command.parent === null ? `${examples}\n${exitCodesHelp}` : notesOf(command),
  };
}

/** Prints the help of a command: the short one for `-h` and where a command is missing, else the whole. */
export function printHelp(command: Command, argv: readonly string[], { terminal }: Context): void {
  let parents = '';
  for (let { parent } = command; parent !== null; { parent } = parent)
    parents = `${parent.name()} ${parents}`;
  const short = argv[0] !== 'help' && !argv.includes('--help');
  const { columns } = terminal.stdout;
  terminal.stdout.write(renderHelp(describeCommand(command, parents), { columns, short }));
}
