// Writes the manual page (mdoc) from the tree of commands that the program describes itself with.

/** A line of text that no formatter takes for a request or an escape. */
const plain = (text) =>
  text
    .replaceAll('\\', '\\e')
    .replace(/^([.'])/gm, '\\&$1')
    .replaceAll('"', '\\(dq');

/** The manual page of the whole program. */
export function manPage(tree, version, exitCodesHelp) {
  const commands = tree.flatMap((command) => describe(command, ''));
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
    ...commands,
    '.Sh EXIT STATUS',
    '.Bd -literal',
    ...plain(exitCodesHelp.trim()).split('\n').slice(2),
    '.Ed',
    '',
  ].join('\n');
}

function describe({ name, description, summary, options, commands }, parent) {
  const full = `${parent}${name}`;
  return [
    `.Ss ${full}`,
    ...plain(description || summary)
      .trim()
      .split(/\n+/),
    ...(options.length === 0 ? [] : ['.Bl -tag -width indent']),
    ...options.flatMap((option) => [`.It Cm ${plain(option.flags)}`, plain(option.description)]),
    ...(options.length === 0 ? [] : ['.El']),
    ...commands.flatMap((command) => describe(command, `${full} `)),
  ];
}
