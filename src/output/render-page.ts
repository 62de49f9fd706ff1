import { alignedLines, createLayout, joinLines, type Layout } from './layout.ts';
import type { Looks } from './view.ts';

/** A page of the manual, which is Markdown, as text for a terminal. */
export function renderPage(markdown: string, looks: Looks): string {
  const layout = createLayout(looks);
  const blocks = markdown
    .replace(/<!--[\s\S]*?-->|^!\[.*$/gm, '')
    .split(/^(```[\s\S]*?^```$)|\n{2,}|\n(?=- |\d\. )/m)
    .filter((block) => block !== undefined && block.trim() !== '');
  const lines = blocks.flatMap((block, index) => {
    const isItem = /^(?:-|\d\.) /.test(block);
    const gap = index === 0 || (isItem && /^(?:-|\d\.) /.test(blocks[index - 1] ?? '')) ? [] : [''];
    return [...gap, ...renderBlock(block.replace(/^\n+|\s+$/g, ''), layout)];
  });
  return joinLines(lines);
}

function renderBlock(block: string, layout: Layout): string[] {
  if (block.startsWith('```')) {
    return block
      .split('\n')
      .slice(1, -1)
      .map((line) => `  ${line}`.trimEnd());
  }
  if (block.startsWith('|')) return renderTable(block, layout);
  const [, heading] = /^#+ (.*)$/.exec(block) ?? [];
  if (heading !== undefined) return layout.paragraph(plain(heading), { indent: 0, paint: layout.strong });
  const [, mark, item] = /^(-|\d\.) ([\s\S]*)$/.exec(block) ?? [];
  if (mark === undefined) return layout.paragraph(plain(block), { indent: 0 });
  const lead = mark === '-' ? layout.bullet : mark;
  return layout.paragraph(plain(item ?? ''), { indent: lead.length + 1, lead });
}

/** The cells beside each other where every row fits into the width, else below each other. */
function renderTable(block: string, layout: Layout): string[] {
  const [head = [], , ...rows] = block.split('\n').map((line) =>
    line
      .slice(1, line.lastIndexOf('|'))
      .split(/(?<!\\)\|/)
      .map((cell) => plain(cell).trim()),
  );
  const lines = alignedLines([head, ...rows], layout.columns - 2);
  if (lines !== undefined) {
    return lines.flatMap((row, at) =>
      row.map((line) => (at === 0 ? layout.strong(`  ${line}`) : `  ${line}`)),
    );
  }
  return rows.flatMap(([first = '', ...others]) => [
    ...layout.paragraph(first, { paint: layout.strong }),
    ...others.filter((cell) => cell !== '').flatMap((cell) => layout.paragraph(cell, { indent: 4 })),
  ]);
}

/** A link is its text, with the address of one that leads away; lines that belong together are one. */
function plain(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replace(/\[([^\]]+)\]\((https?:[^)]+)\)/g, '$1 ($2)')
    .replace(/\[([^\]]+)\]\([^)]+\)/g, '$1')
    .replace(/\*\*([^*]+)\*\*/g, '$1')
    .replaceAll('\\|', '|');
}
