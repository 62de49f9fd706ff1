import { describe, expect, it } from 'vitest';
import { renderPage } from '../../src/output/render-page.ts';
import { displayWidth } from '../../src/output/width.ts';
import { pages } from '../documentation.ts';

const page = `# A token in CI

<!-- not shown -->

\`\`\`console
$ oauth-code token -p job   # a command keeps its blanks
\`\`\`

See [the page](json.md#errors) and [RFC](https://rfc.example/1).
**Not** wrapped as it stands.

## Options

| option       | meaning           |
| ------------ | ----------------- |
| \`--pkce a\\|b\` | how               |
| \`-q\`         | [silent](json.md) |

1. First,
   on two lines.
2. Second.

- A bullet.
`;

describe('a page of the manual', () => {
  const render = (columns: number, text = page) => renderPage(text, { columns, color: false, unicode: true });

  it('is laid out for a terminal', () => {
    expect(render(80)).toMatchInlineSnapshot(`
      "A token in CI

        $ oauth-code token -p job   # a command keeps its blanks

      See the page and RFC (https://rfc.example/1). Not wrapped as it stands.

      Options

        option        meaning
        \`--pkce a|b\`  how
        \`-q\`          silent

      1. First, on two lines.
      2. Second.
      • A bullet.
      "
    `);
  });

  it('has the cells of a row below each other where they do not fit beside each other', () => {
    expect(render(24)).toContain('  `--pkce a|b`\n    how\n');
  });

  it('wraps a wide column before it gives up columns', () => {
    const table =
      '| option | meaning |\n| --- | --- |\n| `-q` | silent, whatever happens on the way |\n| `-v` | tell all |';
    expect(render(36, table)).toBe(
      [
        '  option  meaning',
        '  `-q`    silent, whatever happens',
        '          on the way',
        '  `-v`    tell all',
        '',
      ].join('\n'),
    );
  });

  it('has nothing of Markdown left but its code, and is as wide as the terminal, whichever page it is', () => {
    for (const { path, text } of pages) {
      for (const columns of [40, 80]) {
        const lines = render(columns, text.replace(/^```[\s\S]*?^```$/gm, '')).split('\n');
        expect({ path, left: lines.filter((line) => /^#|\]\(|^\||<!--|^!|\*\*/.test(line)) }).toEqual({
          path,
          left: [],
        });
        const wide = lines.filter((line) => displayWidth(line) > columns);
        expect({ path, columns, wide }).toEqual({ path, columns, wide: [] });
      }
    }
  });
});
