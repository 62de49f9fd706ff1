// Prints every sentence of src with its file and line, so that all that the tool says can be read in one go.
// A string counts when it holds a blank and a letter; what a template puts in is shown as {}.
import { readdirSync, readFileSync } from 'node:fs';
import { parseSync, Visitor } from 'rolldown/utils';

for (const file of process.argv.length > 2 ? process.argv.slice(2) : filesOf('src')) {
  const text = readFileSync(file, 'utf8');
  const { program } = parseSync(file, text);
  const said = [];
  new Visitor({
    Literal: ({ start, value }) => said.push([start, value]),
    TemplateLiteral: ({ start, quasis }) =>
      said.push([start, quasis.map(({ value }) => value.cooked).join('{}')]),
  }).visit(program);
  for (const [start, value] of said.sort(([one], [other]) => one - other)) {
    if (typeof value !== 'string' || !/\p{L}.* |\s.*\p{L}/su.test(value)) continue;
    process.stdout.write(
      `${file}:${text.slice(0, start).split('\n').length}: ${value.replace(/\s*\n\s*/g, ' ⏎ ')}\n`,
    );
  }
}

function filesOf(folder) {
  return readdirSync(folder, { recursive: true })
    .filter((name) => name.endsWith('.ts'))
    .sort()
    .map((name) => `${folder}/${name.replaceAll('\\', '/')}`);
}
