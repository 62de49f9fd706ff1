import type { Recording } from '../../recording/recording.ts';
import { createLayout } from '../layout.ts';
import { renderDiagnosis, renderRuledOut } from '../render-diagnosis.ts';
import { inertText } from '../terminal-text.ts';
import { createStyle, type Looks, type Paint, type Style } from '../view.ts';
import { displayWidth, padEnd, truncateMiddle, wrapText } from '../width.ts';
import { type Conversation, type ConversationItem, readConversation, type Tone } from './conversation.ts';
import { traceHeadline } from './trace-headline.ts';

/** Each party needs so many columns for a diagram; with less room the conversation becomes a list. */
const narrowestLane = 18;

/** A trace as a sequence diagram for the terminal, ending in a line feed. */
export function renderTraceAscii(trace: Recording, looks: Looks): string {
  const layout = createLayout(looks);
  const { columns } = layout;
  const conversation = readConversation(trace);
  const { mark, text, facts } = traceHeadline(trace);
  const lanes = Math.floor(columns / Math.max(1, conversation.participants.length));
  const causes = (trace.outcome.diagnosis ?? []).flatMap((one, index) =>
    renderDiagnosis(one, `${index + 1}.`, layout),
  );
  const lines = [
    ...layout.headline(mark, text),
    ...facts.flatMap((fact) => layout.paragraph(fact, { paint: layout.dim })),
    '',
    ...(lanes < narrowestLane
      ? asList(conversation, columns, layout)
      : asDiagram(conversation, columns, looks)),
    ...(causes.length === 0 ? [] : ['', layout.strong('Likely causes'), ...causes]),
    ...renderRuledOut(trace.outcome.ruled_out ?? [], layout),
  ];
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`;
}

function painter(tone: Tone, style: Style): Paint {
  const paints: Readonly<Record<Tone, Paint>> = {
    plain: (text) => text,
    ok: style.ok,
    warn: style.warn,
    bad: style.bad,
    unseen: style.dim,
  };
  return paints[tone];
}

function asList({ participants, items }: Conversation, columns: number, style: Style): string[] {
  const nameOf = (id: string) => inertText(participants.find((one) => one.id === id)?.label ?? id);
  return items.flatMap((item) => {
    const paint = painter(item.tone, style);
    if (item.type === 'note')
      return wrapText(`  ${inertText(item.text)}`, columns).map((line) => paint(line));
    const head = `${numbered(item)}${nameOf(item.from)} -> ${nameOf(item.to)}`;
    const text = `  ${inertText(withDetail(item))}`;
    return [
      ...wrapText(head, columns).map((line) => style.strong(line)),
      ...wrapText(text, columns).map((line) => paint(line)),
    ];
  });
}

function numbered({ leg, answers }: Extract<ConversationItem, { type: 'message' }>): string {
  return leg === undefined || answers ? '' : `${leg}. `;
}

function withDetail({ label, detail }: Extract<ConversationItem, { type: 'message' }>): string {
  return detail === '' ? label : `${label}  ${detail}`;
}

const unicodeGlyphs = { life: '│', line: '─', dashed: '╌', right: '▶', left: '◀' };
const asciiGlyphs = { life: '|', line: '-', dashed: '.', right: '>', left: '<' };

function asDiagram({ participants, items }: Conversation, columns: number, looks: Looks): string[] {
  const style = createStyle(looks);
  const glyphs = looks.unicode === false ? asciiGlyphs : unicodeGlyphs;
  const lane = Math.min(44, Math.floor(columns / participants.length));
  const at = new Map(participants.map(({ id }, index) => [id, Math.floor(lane / 2) + index * lane]));
  const lives = [...at.values()];
  const place = (id: string) => at.get(id) ?? 0;
  const width = lane * participants.length;

  /** A row of lifelines with a text laid over it. */
  const row = (from: number, text: string, paint: Paint): string => {
    const covered = displayWidth(text);
    const before = life(0, from);
    const after = life(from + covered, width);
    return style.dim(before) + paint(text) + style.dim(after);
  };
  const life = (from: number, to: number): string => {
    const columnsOf = Array.from({ length: Math.max(0, to - from) }, (_, index) => from + index);
    return columnsOf.map((column) => (lives.includes(column) ? glyphs.life : ' ')).join('');
  };
  const arrow = (from: number, to: number, dashed: boolean): readonly [number, string] => {
    const [left, right] = [Math.min(from, to), Math.max(from, to)];
    const shaft = (dashed ? glyphs.dashed : glyphs.line).repeat(Math.max(1, right - left - 2));
    return to > from ? [left + 1, `${shaft}${glyphs.right}`] : [left + 1, `${glyphs.left}${shaft}`];
  };
  const shortened = (text: string, room: number) =>
    truncateMiddle(inertText(text), Math.max(4, room), style.ellipsis);

  const header = participants.map(({ label }) => centred(shortened(label, lane - 2), lane)).join('');
  const rows = items.flatMap((item) => {
    const paint = painter(item.tone, style);
    if (item.type === 'note') {
      const from = Math.max(0, place(item.over) + 2);
      const room = Math.max(24, columns - from);
      const start = Math.min(from, Math.max(0, columns - room));
      return wrapText(inertText(item.text), room).map((line) => row(start, line, paint));
    }
    const [from, to] = [place(item.from), place(item.to)];
    const start = Math.min(from, to) + 2;
    const label = shortened(`${numbered(item)}${withDetail(item)}`, columns - start);
    const [arrowAt, shaft] = arrow(from, to, item.answers || item.tone === 'unseen');
    return [row(start, label, paint), row(arrowAt, shaft, paint)];
  });
  return [style.strong(header), style.dim(life(0, width)), ...rows, style.dim(life(0, width))];
}

function centred(text: string, width: number): string {
  const before = Math.max(0, Math.floor((width - displayWidth(text)) / 2));
  return padEnd(' '.repeat(before) + text, width);
}
