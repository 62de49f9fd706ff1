// Draws what a command printed in a terminal as SVG.

const columns = 80;
const [columnWidth, lineHeight, margin] = [8.43, 19, 16];
/** Longer output keeps its beginning and its end. */
const [firstLines, lastLines] = [27, 12];

const colours = { 31: '#ff7b72', 32: '#7ee787', 33: '#e3b341', 34: '#79c0ff', 36: '#76e3ea', 90: '#8b949e' };

/** Stands for the escape character, which expressions may not hold. */
const escapeSign = '\u241b';

/** The picture of a command line and its output with SGR colours. */
export function terminalPicture(command, output) {
  const text = `\u001b[1m$ ${command}\u001b[22m\n${output.trimEnd()}`.replaceAll('\u001b', escapeSign);
  const all = text.split('\n').flatMap(wrapped);
  const isLong = all.length > firstLines + lastLines;
  const lines = isLong ? [...all.slice(0, firstLines), '…', ...all.slice(-lastLines)] : all;
  const width = Math.ceil(columns * columnWidth + 2 * margin);
  const height = lines.length * lineHeight + 2 * margin;
  const texts = lines.map((line, index) => {
    const y = margin + (index + 0.75) * lineHeight;
    return line === '' ? '' : `<text x="${margin}" y="${y}">${spans(line)}</text>\n`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">
<title>${escaped(command)}</title>
<rect width="100%" height="100%" rx="8" fill="#0d1117"/>
<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14" fill="#e6edf3">
${texts.join('')}</g>
</svg>
`;
}

/** Breaks a line that is wider than the terminal, as a terminal does. */
function wrapped(line) {
  const rows = [];
  let row = '';
  let width = 0;
  for (const [part] of line.matchAll(/\u241b\[[\d;]*m|./gu)) {
    if (part.length === 1 && width === columns) {
      rows.push(row);
      [row, width] = ['', 0];
    }
    row += part;
    if (!part.startsWith(escapeSign)) width += 1;
  }
  return [...rows, row];
}

function spans(line) {
  const look = {};
  let text = '';
  for (const part of line.split(/(\u241b\[[\d;]*m)/)) {
    const [, codes] = /^\u241b\[([\d;]*)m$/.exec(part) ?? [];
    if (codes === undefined) text += part === '' ? '' : span(part, look);
    else for (const code of codes.split(';').map(Number)) apply(code, look);
  }
  return text;
}

function apply(code, look) {
  if (code === 0) Object.assign(look, { bold: false, dim: false, colour: undefined });
  else if (code === 1) look.bold = true;
  else if (code === 2) look.dim = true;
  else if (code === 22) Object.assign(look, { bold: false, dim: false });
  else if (code === 39) look.colour = undefined;
  else look.colour = colours[code] ?? look.colour;
}

function span(text, { bold, dim, colour }) {
  const attributes = [
    bold ? ' font-weight="bold"' : '',
    dim ? ' fill-opacity="0.65"' : '',
    colour === undefined ? '' : ` fill="${colour}"`,
  ].join('');
  return attributes === '' ? escaped(text) : `<tspan${attributes}>${escaped(text)}</tspan>`;
}

/** SVG joins blanks; one that it keeps has a character of its own. */
const signs = { '&': '&amp;', '<': '&lt;', '>': '&gt;', ' ': '\u00a0' };
const escaped = (text) => text.replace(/[&<> ]/g, (sign) => signs[sign]);
