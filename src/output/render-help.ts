/** An option as the help shows it. */
export interface HelpOption {
  readonly flags: string;
  readonly description: string;
  /** The heading above it in the whole help. */
  readonly group: string;
  /** Whether most people need it, so that the short help shows it. */
  readonly usual: boolean;
}

/** A command as its help describes it. */
export interface CommandDescription {
  /** With the names of the commands it belongs to, such as `oauth-code profile save`. */
  readonly name: string;
  readonly summary: string;
  readonly description: string;
  readonly usage: string;
  /** The heading above it among its siblings. */
  readonly group: string;
  /** What the words of the command line mean. */
  readonly words: readonly (readonly [name: string, meaning: string])[];
  readonly options: readonly HelpOption[];
  readonly commands: readonly CommandDescription[];
  /** Examples and more; see {@link readNotes}. */
  readonly notes: string;
}

/** How wide help is, and whether it is the short one. */
export interface HelpLook {
  readonly columns: number;
  readonly short: boolean;
}

/** A paragraph, a command to copy, or a table. */
type Note =
  | { readonly type: 'text'; readonly indent: string; readonly text: string }
  | { readonly type: 'command'; readonly text: string }
  | { readonly type: 'rows'; readonly rows: readonly Row[] }
  | { readonly type: 'gap' };

const widestName = 32;
/** Commands with few options show them all. */
const fewOptions = 14;

/** The help of a command as text: `-h` is short, `--help` whole. */
export function renderHelp(command: CommandDescription, { columns: wanted, short }: HelpLook): string {
  const columns = Math.max(40, Math.min(120, Math.floor(wanted) || 80));
  const options = command.options.filter(
    ({ usual }) => usual || !short || command.options.length <= fewOptions,
  );
  const isShortened = options.length < command.options.length;
  const headed = (heading: string, rows: readonly Row[]) => [
    '',
    heading,
    ...layOutRows(rows, nameColumn, columns),
  ];
  const rows = options.map(({ flags, description, group }) => [flags, description, group] as const);
  const children = command.commands.map(({ name, usage, summary, description, group }) => {
    const own = name.slice(command.name.length + 1);
    const words = usage.replace(/\[options\] ?/, '').trim();
    return [words === '' || summary !== '' ? own : `${own} ${words}`, summary || description, group] as const;
  });
  const names = [...command.words, ...rows, ...children].map(([name]) => name.length);
  const nameColumn = Math.min(widestName, Math.max(0, ...names));
  const notes = readNotes(command.notes);
  return `${[
    ...hang(`Usage: ${command.name} ${command.usage}`, '', 7, columns),
    '',
    ...command.description.split('\n').flatMap((line) => wrap(line, columns)),
    ...(command.words.length === 0 ? [] : headed('Arguments:', command.words)),
    ...byGroup(children).flatMap(([group, list]) => headed(group || 'Commands:', list)),
    ...(isShortened
      ? headed('Usual options:', rows)
      : byGroup(rows).flatMap(([group, list]) => headed(group || 'Options:', list))),
    ...(notes.length === 0 ? [] : ['']),
    ...(short ? firstExamples(notes) : notes).flatMap((note) => layOutNote(note, columns)),
    ...(short ? ['', ...wrap(whereTheRestIs(command, isShortened), columns)] : []),
  ].join('\n')}\n`;
}

function whereTheRestIs({ name, options, commands }: CommandDescription, isShortened: boolean): string {
  const [program = ''] = name.split(' ');
  if (name === program)
    return `"${program} COMMAND -h" tells how a command is used; "${program} --help" has exit statuses and variables.`;
  if (commands.length > 0) return `"${name} COMMAND -h" tells how each is used.`;
  return isShortened
    ? `"${name} --help" shows all ${options.length} options and more examples.`
    : `"${name} --help" shows the rest.`;
}

type Row = readonly [name: string, text: string, group?: string];

function byGroup(rows: readonly (readonly [string, string, string])[]): [string, Row[]][] {
  const groups = new Map<string, Row[]>();
  for (const row of rows) groups.set(row[2], [...(groups.get(row[2]) ?? []), row]);
  return [...groups];
}

/** Names beside their texts; where that would leave too little room, above them. */
function layOutRows(rows: readonly Row[], nameColumn: number, columns: number): string[] {
  const at = nameColumn + 4;
  const isNarrow = columns - at < 24;
  return rows.flatMap(([name, text]) => {
    const indent = ' '.repeat(isNarrow ? 6 : at);
    const lines = wrap(text, columns - indent.length).map((line) => indent + line);
    const label = `  ${name}`;
    if (isNarrow || name.length > nameColumn) return [label, ...lines];
    const [first = '', ...rest] = lines;
    return [label.padEnd(at) + first.slice(at), ...rest];
  });
}

function layOutNote(note: Note, columns: number): string[] {
  switch (note.type) {
    case 'gap':
      return [''];
    case 'text':
      return hang(note.text, note.indent, 0, columns);
    case 'rows':
      return layOutRows(note.rows, Math.max(...note.rows.map(([name]) => name.length)), columns);
    case 'command':
      return layOutCommand(note.text, columns);
  }
}

/** A command in one line, or broken before its options so that a shell still reads it as one. */
function layOutCommand(command: string, columns: number): string[] {
  const lines: string[] = [];
  let current = '  $';
  // An option stays with its value.
  for (const word of command.match(/(?:--?[\w-]+ (?![-|<]))?(?:"[^"]*"|'[^']*'|[^\s"'])+/g) ?? []) {
    const isTooLong = current.length + word.length + 3 > columns;
    if (isTooLong && /^(?:-|\||<|https?:)/.test(word)) {
      lines.push(`${current} \\`);
      current = `      ${word}`;
    } else current += ` ${word}`;
  }
  return [...lines, current];
}

/**
 * Notes as blocks. Lines at the margin are prose; `  $ ` begins a command, and a backslash continues it; a name, two
 * spaces and a text are a row, which deeper lines continue; other indented lines stand as they are.
 */
function readNotes(text: string): readonly Note[] {
  const notes: Note[] = [];
  for (const line of text
    .trim()
    .replace(/ \\\n\s+/g, ' ')
    .split('\n')) {
    const last = notes.at(-1);
    const [, command] = /^ {2}\$ (.*)$/.exec(line) ?? [];
    const [, name, meaning = ''] = /^ {2}(\S.*?) {2,}(.*)$/.exec(line) ?? [];
    const [, indent = '', words = ''] = /^( *)(.*)$/.exec(line) ?? [];
    if (line === '') notes.push({ type: 'gap' });
    else if (name !== undefined) {
      const rows = last?.type === 'rows' ? last.rows : [];
      notes.splice(rows.length > 0 ? -1 : notes.length, 1, {
        type: 'rows',
        rows: [...rows, [name, meaning]],
      });
    } else if (command !== undefined) notes.push({ type: 'command', text: command });
    else if (last?.type === 'rows' && indent.length > 2) {
      const [label = '', meant = ''] = last.rows.at(-1) ?? [];
      notes.splice(-1, 1, { type: 'rows', rows: [...last.rows.slice(0, -1), [label, `${meant} ${words}`]] });
    } else if (last?.type === 'text' && last.indent === indent && !last.text.endsWith(':'))
      notes.splice(-1, 1, { ...last, text: `${last.text} ${words}` });
    else notes.push({ type: 'text', indent, text: words });
  }
  return notes;
}

/** The first two commands, each with the line that says what it is for. */
function firstExamples(notes: readonly Note[]): readonly Note[] {
  const start = notes.findIndex((note) => note.type === 'text' && note.text === 'Examples:');
  const examples = notes.slice(start);
  const [first, second] = examples.flatMap((note, index) => (note.type === 'command' ? [index] : []));
  return start < 0 ? [] : examples.slice(0, (second ?? first ?? -1) + 1);
}

function hang(text: string, indent: string, further: number, columns: number): string[] {
  return wrap(text, columns - indent.length - further).map(
    (line, index) => indent + (index === 0 ? '' : ' '.repeat(further)) + line,
  );
}

/** Lines broken at spaces; help is in characters of one column. */
function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(/ +/)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= columns)
      lines.splice(-1, 1, `${last} ${word}`);
    else lines.push(word);
  }
  return lines;
}
