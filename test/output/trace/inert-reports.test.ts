import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderTrace } from '../../../src/output/trace/render-trace.ts';
import { type TraceFormat, traceFormats } from '../../../src/output/trace/trace-formats.ts';
import { mermaidText } from '../../../src/output/trace/trace-mermaid.ts';
import { plainLooks } from '../../../src/output/view.ts';
import type { Recording } from '../../../src/recording/recording.ts';
import { readTrace } from '../../../src/recording/trace-format.ts';
import { inputs } from '../../every-case.ts';
import { exampleTrace, exchange } from './example-trace.ts';
import { foreignText, foreignTraces } from './foreign-traces.ts';

function traceOf(text: string): Recording {
  const reading = readTrace(text);
  if (reading.type !== 'trace') throw new Error('not read');
  return reading.recording;
}

/** Runs a check of a format over traces from anywhere. */
function forAny(format: TraceFormat, check: (rendered: string) => void): void {
  fc.assert(
    fc.property(foreignTraces, (text) => check(renderTrace(traceOf(text), format))),
    { numRuns: inputs(200) },
  );
}

describe('a report of a hostile trace', () => {
  it.each(traceFormats)('is made whatever is in it, and holds nothing a terminal obeys: %s', (format) => {
    forAny(format, (rendered) => {
      expect(rendered).not.toMatch(/(?![\n\t])\p{Cc}|[\u202a-\u202e\u2066-\u2069]/u);
      expect(rendered.endsWith('\n')).toBe(true);
    });
  });

  it.each(['__proto__', 'constructor', 'toString'])(
    'takes a step called %s for a name as any other',
    (step) => {
      const trace = exampleTrace({ events: [exchange({ step })] });
      for (const format of traceFormats) expect(renderTrace(trace, format)).not.toContain('[native code]');
    },
  );

  it('has no element in HTML but its own', () => {
    const own =
      'html|head|meta|title|style|body|header|main|footer|section|h1|h2|h3|h4|p|ul|li|b|span|strong|small|code|pre|div|' +
      'table|tr|th|td|details|summary|svg|defs|marker|path|g|rect|line|text|a|!doctype';
    const element = new RegExp(`^/?(?:${own})(?: [a-z][a-z0-9-]*(?:="[^"<>]*")?)*/?$`, 'i');
    forAny('html', (rendered) => {
      const tags = rendered.replace(/<style>[\s\S]*?<\/style>/, '').match(/<[^>]*>?/g) ?? [];
      expect(tags.map((tag) => tag.slice(1, -1)).filter((tag) => !element.test(tag))).toEqual([]);
      expect(rendered).not.toMatch(/<[^>]*\s(?:on[a-z]+|style|src)=/i);
      expect(
        [...rendered.matchAll(/href="([^"]*)"/g)].filter(([, to = '']) => !/^#leg-\d+$/.test(to)),
      ).toEqual([]);
    });
  });

  it('allows its own style alone in HTML', () => {
    const html = renderTrace(exampleTrace(), 'html');
    expect(html).toContain(`content="default-src 'none'; style-src 'sha256-`);
    expect(html).not.toMatch(/https?:\/\/[^<"]*\.(?:js|css|png|woff2?)/);
  });

  it('is one statement a line in Mermaid', () => {
    const text = String.raw`[^#;\n]|#\d+;`;
    const statements = [
      /^sequenceDiagram$/,
      /^%% This diagram may hold tokens and other secrets\.$/,
      new RegExp(`^  (?:actor|participant) \\w+ as (?:${text})+$`),
      new RegExp(`^  \\w+(?:->>|-->>|--x)\\w+: (?:${text})+$`),
      new RegExp(`^  Note over \\w+: (?:${text})+(?:<br/>(?:${text})+)*$`),
    ];
    forAny('mermaid', (rendered) => {
      const [first = '', ...rest] = rendered.trimEnd().split('\n');
      const lines = first.startsWith('%%') ? rest : [first, ...rest];
      expect(lines.filter((line) => !statements.some((statement) => statement.test(line)))).toEqual([]);
      for (const line of lines) {
        const foreign = line.replace(/^ {2}\w+-+[>x]+/, '').replaceAll('<br/>', ' ');
        expect(foreign).not.toMatch(/%%|[<>{}"`$]|: ?(?:no)?wrap:/);
      }
    });
  });

  /** What Mermaid 11 does to a text before it looks for entity codes: it takes the end of a style away. */
  const withoutEndOfStyle = (line: string) =>
    line
      .replace(/style.*:\S*#.*;/g, (found) => found.slice(0, -1))
      .replace(/classDef.*:\S*#.*;/g, (found) => found.slice(0, -1));

  it('keeps in Mermaid the entity codes of a line that looks like a style', () => {
    const part = fc.constantFrom('style', 'classDef', 'wrap', ':', '::', ' ', '{', '}', '#', 'x', '1.');
    const text = fc.array(part, { maxLength: 6 }).map((parts) => parts.join(''));
    const lost = 'GET /style';
    expect(withoutEndOfStyle(`${lost} (a:#35;)`)).not.toBe(`${lost} (a:#35;)`);
    fc.assert(
      fc.property(text, text, text, (path, grant, reason) => {
        const trace = exampleTrace({
          events: [
            exchange({
              request: {
                method: 'POST',
                url: `https://idp.example/${path}`,
                headers: [['content-type', 'application/x-www-form-urlencoded']],
                body: `grant_type=${encodeURIComponent(grant)}`,
              },
              response: null,
              error: { code: 'network', message: reason },
            }),
            { type: 'remark', at_ms: 300, step: 'token', text: `${path} ${grant}${reason}`.repeat(4) },
          ],
        });
        for (const line of renderTrace(trace, 'mermaid').split('\n'))
          expect(withoutEndOfStyle(line)).toBe(line);
      }),
    );
  });

  it('stays below the size that Mermaid refuses, and says what it left out', () => {
    const events = Array.from({ length: 700 }, (_, at_ms) => exchange({ at_ms }));
    const rendered = renderTrace(exampleTrace({ events }), 'mermaid');
    expect(rendered.length).toBeLessThan(50_000);
    expect(rendered).toMatch(/ {2}Note over client: \d+ more lines do not fit into a Mermaid diagram\n$/);
  });

  it('holds in a Mermaid label nothing but letters, digits, plain punctuation and entity codes', () => {
    fc.assert(
      fc.property(foreignText, (text) => {
        expect(mermaidText(text)).toMatch(/^(?:[\p{L}\p{M}\p{N} ‹›…./_=?()'*,@+:-]|#\d+;)+$/u);
      }),
    );
  });

  it('keeps in Markdown every foreign line inside code', () => {
    const attack = '```\n</details>\n# heading\n@someone [a](javascript:b) <img src=x>';
    const trace = exampleTrace({
      command: attack,
      events: [
        exchange({ step: attack, response: { status: 200, headers: [[attack, attack]], body: attack } }),
        { type: 'callback_ignored', at_ms: 1, reason: attack },
        {
          type: 'checks',
          at_ms: 2,
          step: 'x',
          checks: [{ id: attack, outcome: 'fail', title: attack, detail: attack, spec: attack }],
        },
      ],
      tokens: [{ token: attack, header: { alg: attack }, claims: null }],
    });
    const outside = withoutCode(renderTrace(trace, 'markdown'));
    expect(outside).not.toMatch(/(?<!\\)[<@]|(?<!\\)\[a|^# heading/m);
  });

  it.each(['html', 'markdown', 'ascii'] as const)(
    'names the likely causes, and those that are ruled out: %s',
    (format) => {
      const trace = exampleTrace({
        outcome: {
          status: 'failed',
          error: { code: 'token_error', step: 'token', message: 'Refused.', hint: null, exit_code: 3 },
          diagnosis: [
            {
              cause: 'The code was used before.',
              why: 'It was sent twice.',
              try: 'Log in again.',
              confidence: 'high',
              received: '<b>`x`',
            },
          ],
          ruled_out: [{ cause: 'The code expired.', evidence: 'It came 2 s before, <b>`x`.' }],
        },
      });
      const rendered = renderTrace(trace, format, { ...plainLooks, allChecks: true });
      for (const words of [
        'Ruled out',
        'The code expired.',
        'It came 2 s before',
        'Likely causes',
        'The code was used before.',
        'certain',
        'It was sent twice.',
        'Log in again.',
      ]) {
        expect(rendered).toContain(words);
      }
      expect(rendered.includes('<b>`x`')).toBe(format !== 'html');
    },
  );

  it('closes in Markdown every block that it opens', () => {
    forAny('markdown', (rendered) => {
      expect(withoutCode(rendered)).not.toMatch(/^```|<\/?(?:details|summary)/m);
      const folds = rendered.match(/^<\/?details>/gm) ?? [];
      expect(folds).toEqual(folds.map((_, index) => (index % 2 === 0 ? '<details>' : '</details>')));
    });
  });

  it('folds in Markdown what went through, and shows what did not', () => {
    const failed = exchange({ at_ms: 300, response: { status: 400, headers: [], body: '{"error":"x"}' } });
    const rendered = renderTrace(exampleTrace({ events: [exchange(), failed] }), 'markdown');
    expect(rendered).toContain('\n\n<details><summary>1. Token: 200 after 80 ms</summary>\n\n```http\nPOST ');
    expect(rendered).toContain('\n```\n\n</details>\n\n### 2. Token\n\n```http\nPOST ');
  });
});

/** Markdown without fenced blocks and inline code (CommonMark §4.5, §6.1). */
function withoutCode(markdown: string): string {
  const kept: string[] = [];
  let fence: string | undefined;
  for (const line of markdown.split('\n')) {
    const [, run = ''] = /^(`{3,})[a-z]*$/.exec(line) ?? [];
    if (fence === undefined && run !== '') fence = run;
    else if (fence !== undefined && run.length >= fence.length && line === run) fence = undefined;
    else if (fence === undefined) kept.push(line);
  }
  expect(fence).toBeUndefined();
  const own = /^(?:<details><summary>\d+\. [\p{L}\p{N} ._-]*: [\w. ]+<\/summary>|<\/details>)$/u;
  kept.splice(0, kept.length, ...kept.filter((line) => !own.test(line)));
  return kept.join('\n').replace(/(?<!`)(`+)(?!`)[\s\S]*?(?<!`)\1(?!`)/g, '');
}
