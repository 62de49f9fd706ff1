import { Composer, Lexer, LineCounter, Parser, type YAMLParseError } from 'yaml';
import { ConfigError } from '../../errors.ts';
import type { JsonValue } from '../../json/json.ts';
import { type Said, say } from '../../say.ts';

/** More than a kubeconfig needs; a text past one of these bounds would keep the reader busy for minutes. */
const most = { pieces: 500_000, nesting: 100, aliases: 100 };

const problems: Readonly<Partial<Record<YAMLParseError['code'], string>>> = {
  BAD_ALIAS: 'a malformed anchor or alias',
  BAD_INDENT: 'the indentation is wrong, or a closing bracket is missing',
  MISSING_CHAR: 'a quote, comma or colon is missing',
  TAB_AS_INDENT: 'a tab indents the line',
};

/**
 * Reads the first document of a YAML text, as kubectl does, anchors and merge keys included. Every scalar is a text,
 * spelled as in the file; of a name that occurs twice in a mapping the last one counts.
 * @throws ConfigError with the place for anything that is not YAML or too large; no value is shown
 */
export function readYaml(text: string, file: string): JsonValue {
  const lines = new LineCounter();
  const composer = new Composer({
    schema: 'failsafe',
    merge: true,
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'error',
  });
  const [document] = composer.compose(tokensOf(text, file, lines), true, text.length);
  const [error] = document?.errors ?? [];
  if (error !== undefined) {
    const { line, col } = lines.linePos(error.pos[0]);
    throw refuse(
      say`${file}:${line}:${col} is not YAML: ${problems[error.code] ?? 'this cannot stand here'}.`,
    );
  }
  try {
    return document?.toJS({ maxAliasCount: most.aliases }) ?? null;
  } catch {
    throw refuse(
      say`${file} has a key that is not a text, an alias or a merge key that leads nowhere, or aliases that multiply.`,
    );
  }
}

/** The tokens of the text, made one by one, so that a hostile text is refused before it is taken apart further. */
function* tokensOf(text: string, file: string, lines: LineCounter) {
  const parser = new Parser(lines.addNewLine);
  lines.addNewLine(0);
  let pieces = 0;
  let aliases = 0;
  for (const piece of new Lexer().lex(text)) {
    yield* parser.next(piece);
    pieces += 1;
    if (piece.startsWith('*')) aliases += 1;
    if (pieces > most.pieces) throw refuse(say`${file} is too long to be read.`);
    if (aliases > most.aliases) throw refuse(say`${file} has more than ${most.aliases} aliases.`);
    if (parser.stack.length > most.nesting) throw refuse(say`${file} is nested too deeply.`);
  }
  yield* parser.end();
}

function refuse(message: Said): ConfigError {
  return new ConfigError(message, {
    hint: 'Give the file as JSON instead, such as from: kubectl config view --raw -o json',
  });
}
