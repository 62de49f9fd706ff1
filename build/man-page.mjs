// Writes the manual page (mdoc) from the tree of commands that the program describes itself with.

/** A line of text that no formatter takes for a request or an escape. */
const plain = (text) =>
  text
    .replaceAll('\\', '\\e')
    .replace(/^([.'])/gm, '\\&$1')
    .replaceAll('"', '\\(dq');

/** An option of as many commands as this is described once for all of them. */
const common = 3;

/** The manual page of the whole program. */
export function manPage(tree, version, exitCodesHelp) {
  const all = tree.commands.flatMap(withSubcommands);
  const counts = new Map();
  for (const { options } of all) {
    for (const option of options) counts.set(keyOf(option), (counts.get(keyOf(option)) ?? 0) + 1);
  }
  const isCommon = (option) => counts.get(keyOf(option)) >= common;
  const shared = new Map(
    all.flatMap(({ options }) => options.filter(isCommon)).map((option) => [keyOf(option), option]),
  );
  return [
    '.Dd November 20, 2026',
    '.Dt OAUTH-CODE 1',
    `.Os oauth-code ${version}`,
    '.Sh NAME',
    '.Nm oauth-code',
    '.Nd OAuth 2.0 and OpenID Connect on the command line',
    '.Sh SYNOPSIS',
    '.Nm',
    '.Ar command',
    '.Op Ar options',
    '.Sh DESCRIPTION',
    'Runs a login, checks every step, and shows what is wrong.',
    'Every option is also read from a variable:',
    '.Fl -client-id',
    'is',
    '.Ev OAUTH_CODE_CLIENT_ID .',
    '.Sh COMMANDS',
    ...all.flatMap((command) => describe(command, isCommon)),
    '.Sh COMMON OPTIONS',
    ...describeOptions([...shared.values()]),
    '.Sh EXIT STATUS',
    '.Bd -literal',
    ...plain(exitCodesHelp.trim()).split('\n').slice(1),
    '.Ed',
    '',
  ].join('\n');
}

/** A command and those below it. */
function withSubcommands(command) {
  return [command, ...command.commands.flatMap(withSubcommands)];
}

const keyOf = ({ flags, description }) => `${flags}\n${description}`;

function describe({ name, description, summary, options }, isCommon) {
  const named = options.filter(isCommon).map(({ flags }) => /--[a-z-]+/.exec(flags)[0]);
  return [
    `.Ss ${name.replace(/^\S+ /, '')}`,
    ...plain(description || summary)
      .trim()
      .split(/\n+/),
    ...describeOptions(options.filter((option) => !isCommon(option))),
    ...(named.length === 0 ? [] : ['.Pp', `Common options: ${plain(named.join(', '))}.`]),
  ];
}

function describeOptions(options) {
  if (options.length === 0) return [];
  return [
    '.Bl -tag -width indent',
    ...options.flatMap(({ flags, description }) => [`.It Cm ${plain(flags)}`, plain(description)]),
    '.El',
  ];
}
