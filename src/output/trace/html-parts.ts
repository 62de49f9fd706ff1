import { escapeHtml } from '../../protocol/markup.ts';
import { shortenedTo } from './message-text.ts';

/** In characters; a report stays readable, and the trace has it whole. */
const longestText = 400_000;

/** Foreign text between tags or in a quoted attribute. */
export function html(text: string): string {
  return escapeHtml(shortenedTo(longestText, text));
}

/** A table of names and values, each with a few words about the name; nothing when there are no rows. */
export function htmlRows(
  rows: readonly { readonly name: string; readonly value: string; readonly note?: string }[],
): string {
  if (rows.length === 0) return '';
  const lines = rows.map(({ name, value, note }) => {
    const remark = note === undefined ? '' : `<small>${html(note)}</small>`;
    return `<tr><th scope="row"><code>${html(name)}</code></th><td><code dir="auto">${html(value)}</code>${remark}</td></tr>`;
  });
  return `<div class="scroll"><table>${lines.join('')}</table></div>`;
}

/** A heading and what belongs under it; nothing when that is empty. */
export function htmlPart(title: string, content: string): string {
  return content === '' ? '' : `<h4>${html(title)}</h4>${content}`;
}

/** Foreign text in its own lines. */
export function htmlBlock(text: string): string {
  return text === '' ? '' : `<pre><code dir="auto">${html(text)}</code></pre>`;
}

/** A summary line that unfolds without a script; `content` is reached by `#id`, which unfolds it. */
export function htmlDetails(id: string, summary: string, content: string, open = false): string {
  return `<details${open ? ' open' : ''}><summary>${summary}</summary><div class="content" id="${id}">${content}</div></details>`;
}
