import type { Command, CommanderError } from 'commander';
import { closestName } from '../closest-name.ts';
import { type NamedError, UsageError } from '../errors.ts';
import { joined, own, type Said } from '../say.ts';

/** The error for a command line that commander refused; it quotes nothing that may be a secret. */
export function commandLineError(
  { code, message }: Pick<CommanderError, 'code' | 'message'>,
  program: Command,
  argv: readonly string[],
): NamedError {
  // A value behind a mistyped option may be a secret; for the same reason the error has no cause.
  const safe = message.replace(/^error: /, '').replace(/'(--?[^'=]+)=.*'/s, "'$1'");
  const [first = '', ...more] = safe.split('\n');
  const sentence = said(
    `${first.charAt(0).toUpperCase()}${first.slice(1)}${/[.?!]$/.test(first) ? '' : '.'}`,
  );
  const near = more.join(' ').replace(/[()]/g, '').trim();
  const { command, words } = askedCommand(program, argv);
  if (words === '') {
    return new UsageError(sentence, {
      hint: near === '' ? 'See "oauth-code help" for the commands and options.' : own(near),
    });
  }
  const mistyped = code === 'commander.unknownOption' ? /'--([^']+)'/.exec(first)?.[1] : undefined;
  const meant = mistyped === undefined ? near : suggestOptions(mistyped, command, near);
  return new UsageError(sentence, {
    hint:
      meant === ''
        ? own(`See "oauth-code help${words}" for its options.`)
        : own(`${meant} "oauth-code help${words}" shows all options.`),
  });
}

/** Commander puts words of the command line between single quotes; the rest is prose. */
function said(sentence: string): Said {
  return joined(
    sentence.split("'").map((part, index) => (index % 2 === 0 ? own(part) : part)),
    "'",
  );
}

/** The command that the first words name, and these words, each after a space. */
function askedCommand(
  program: Command,
  argv: readonly string[],
): { readonly command: Command; readonly words: string } {
  let command = program;
  let words = '';
  for (const word of argv) {
    const next = command.commands.find((one) => one.name() === word);
    // "help" only names others.
    if (next === undefined || word === 'help') break;
    command = next;
    words += ` ${word}`;
  }
  return { command, words };
}

/** Options whose names share whole words with the mistyped one, such as --idp-port for --port; else near ones. */
function suggestOptions(mistyped: string, command: Command, near: string): string {
  const names = command.options.flatMap(({ hidden, long }) => (hidden || !long ? [] : [long.slice(2)]));
  const holds = (outer: string, inner: string) => `-${outer}-`.includes(`-${inner}-`);
  const related = names.filter((name) => holds(name, mistyped) || holds(mistyped, name));
  const isTelling = related.length > 0 && related.length <= 4;
  if (!isTelling && near !== '') return near;
  const nearest = closestName(mistyped, names);
  const [only, ...others] = isTelling ? related : nearest === undefined ? [] : [nearest];
  if (only === undefined) return '';
  return others.length === 0
    ? `Did you mean --${only}?`
    : `Did you mean one of ${[only, ...others].map((name) => `--${name}`).join(', ')}?`;
}
