import type { Command, CommanderError } from 'commander';
import { closestName } from '../closest-name.ts';
import type { Context } from '../context.ts';
import { type NamedError, UsageError } from '../errors.ts';
import { joined, own, type Said, say } from '../say.ts';
import {
  type Advice,
  adviseOnCommand,
  adviseOnOption,
  adviseOnSpelling,
  adviseOnWord,
  type CommandLine,
  readCommandLine,
} from './mistyped.ts';

/** The error for a command line that commander refused; it quotes nothing that may be a secret. */
export async function commandLineError(
  { code, message }: Pick<CommanderError, 'code' | 'message'>,
  program: Command,
  argv: readonly string[],
  context: Context,
): Promise<NamedError> {
  // A value behind a mistyped option may be a secret; for the same reason the error has no cause.
  const safe = message.replace(/^error: /, '').replace(/'(--?[^'=<]+)=.*'/s, "'$1'");
  const line = readCommandLine(program, argv);
  const advice = adviseOnSpelling(line) ?? (await adviseOn(code, safe, line, context));
  return new UsageError(
    advice?.message ?? said(`${safe.charAt(0).toUpperCase()}${safe.slice(1).replace(/\.?$/, '.')}`),
    { hint: advice?.hint ?? seeAll(line) },
  );
}

function seeAll({ names, command }: CommandLine): Said {
  return own(
    names === ''
      ? 'See "oauth-code help" for the commands and options.'
      : `"oauth-code${names} --help" shows all ${command.commands.length > 0 ? 'commands' : 'options'}.`,
  );
}

/** Refuses a line that commander accepts and that was meant in another way. @throws UsageError */
export function refuseMistyped(program: Command, argv: readonly string[]): void {
  const advice = adviseOnSpelling(readCommandLine(program, argv));
  if (advice !== undefined) throw new UsageError(advice.message, { hint: advice.hint });
}

async function adviseOn(
  code: string,
  message: string,
  line: CommandLine,
  context: Context,
): Promise<Advice | undefined> {
  switch (code) {
    case 'commander.unknownOption': {
      const written = /'([^']+)'/.exec(message)?.[1] ?? '';
      return adviseOnOption(line, written) ?? suggestOptions(written.replace(/^-+/, ''), line.command);
    }
    case 'commander.missingArgument': {
      const missing = line.command.registeredArguments.find(({ required }) => required);
      const words = line.command.usage().replace('[options] ', '');
      const meaning = missing?.description ? ` (${missing.description})` : '';
      return {
        message: own(`<${missing?.name()}> is missing.`),
        hint: own(`Write: oauth-code${line.names} ${words}${meaning}`),
      };
    }
    case 'commander.optionMissingArgument': {
      const flags = /'([^']+)'/.exec(message)?.[1]?.split(', ').at(-1) ?? '';
      return {
        message: own(`${flags.split(' ')[0]} has no value.`),
        hint: own(`Write ${flags}, or leave it out.`),
      };
    }
    case 'commander.unknownCommand':
      return adviseOnCommand(line);
    case 'commander.excessArguments': {
      const { providerNamed, serverOptionsOf } = await import('../providers/find-provider.ts');
      const { profileNames } = await import('./complete.ts');
      const profiles = await profileNames(context).catch(() => []);
      const advice = adviseOnWord(line, profiles, (name) => {
        const provider = providerNamed(name);
        return provider === undefined ? undefined : serverOptionsOf(provider);
      });
      return line.command.registeredArguments.length > 0
        ? advice
        : { hint: seeAll(line), ...advice, message: own(`"oauth-code${line.names}" takes options only.`) };
    }
    default:
      return undefined;
  }
}

/** Commander puts words of the command line between single quotes; the rest is prose. */
function said(sentence: string): Said {
  return joined(
    sentence.split("'").map((part, index) => (index % 2 === 0 ? own(part) : part)),
    "'",
  );
}

/** Options whose names share whole words with the mistyped one, such as --idp-port for --port; else near ones. */
function suggestOptions(mistyped: string, command: Command): Advice | undefined {
  const names = command.options.flatMap(({ hidden, long }) => (hidden || !long ? [] : [long.slice(2)]));
  const holds = (outer: string, inner: string) => `-${outer}-`.includes(`-${inner}-`);
  const related = names.filter((name) => holds(name, mistyped) || holds(mistyped, name));
  const nearest = mistyped.length > 1 ? closestName(mistyped, names) : undefined;
  const meant = related.length > 0 && related.length <= 4 ? related : nearest === undefined ? [] : [nearest];
  return meant.length === 0
    ? undefined
    : { hint: say`Did you mean ${own(meant.map((name) => `--${name}`).join(' or '))}?` };
}
