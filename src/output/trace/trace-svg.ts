import { escapeHtml } from '../../protocol/markup.ts';
import type { Recording } from '../../recording/recording.ts';
import { inertText } from '../terminal-text.ts';
import { displayWidth, truncateMiddle, wrapText } from '../width.ts';
import {
  type Conversation,
  type ConversationItem,
  type Participant,
  readConversation,
} from './conversation.ts';

/** In pixels; the drawing scales as a whole. */
const [narrowestLane, widestLane] = [190, 290];
/** So wide is the page on a large screen: lanes share it as long as their labels can be read. */
const pageWidth = 980;
const headHeight = 46;
const messageHeight = 48;
const noteLineHeight = 17;
/** One column of text, as wide as most fonts draw it: plain, and bold. */
const columnWidth = 7;
const boldColumnWidth = 8.2;
/** A taller drawing names the parties at its end again. */
const tall = 900;

/** A trace as a sequence diagram in SVG; each arrow leads to its message further down. Styled by the page around it. */
export function renderTraceSvg(trace: Recording): string {
  const conversation = readConversation(trace);
  const parties = Math.max(1, conversation.participants.length);
  const laneWidth = Math.max(narrowestLane, Math.min(widestLane, Math.floor(pageWidth / parties)));
  const lanes = new Map(
    conversation.participants.map(({ id }, index) => [id, Math.round((index + 0.5) * laneWidth)]),
  );
  const width = laneWidth * parties;
  let y = headHeight + 14;
  const rows = conversation.items.map((item) => {
    const drawn = item.type === 'note' ? drawNote(item, lanes, width, y) : drawMessage(item, lanes, y);
    y += drawn.height;
    return drawn.svg;
  });
  const end = y + 10;
  const height = end > tall ? end + headHeight : end;
  return [
    `<svg class="diagram lanes-${Math.min(4, parties)}" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="group" aria-label="Sequence diagram">`,
    '<defs>',
    ...['plain', 'ok', 'warn', 'bad', 'unseen'].map(
      (tone) =>
        `<marker id="head-${tone}" class="${tone}" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto-start-reverse"><path d="M0 0L10 5L0 10z"/></marker>`,
    ),
    '</defs>',
    ...drawLives(conversation, lanes, end),
    ...drawHeads(conversation, lanes, laneWidth, 0),
    ...(end > tall ? drawHeads(conversation, lanes, laneWidth, end - 6) : []),
    ...rows,
    '</svg>',
  ].join('\n');
}

function drawLives({ participants }: Conversation, lanes: Lanes, end: number): string[] {
  return participants.map(({ id }) => {
    const x = lanes.get(id) ?? 0;
    return `<line class="life" x1="${x}" y1="${headHeight}" x2="${x}" y2="${end}"/>`;
  });
}

function drawHeads({ participants }: Conversation, lanes: Lanes, laneWidth: number, y: number): string[] {
  return participants.map((participant) =>
    drawHead(participant, lanes.get(participant.id) ?? 0, laneWidth, y),
  );
}

type Lanes = ReadonlyMap<string, number>;

function drawHead({ label, kind }: Participant, x: number, laneWidth: number, y: number): string {
  const boxWidth = laneWidth - (laneWidth < widestLane ? 16 : 40);
  const text = shown(label, boxWidth - 16, boldColumnWidth);
  return (
    `<g class="head ${kind}"><rect x="${x - boxWidth / 2}" y="${y + 6}" width="${boxWidth}" height="${headHeight - 10}" rx="8"/>` +
    `<text x="${x}" y="${y + headHeight / 2 + 6}" text-anchor="middle">${text}</text></g>`
  );
}

function drawMessage(
  item: Extract<ConversationItem, { type: 'message' }>,
  lanes: Lanes,
  y: number,
): { readonly svg: string; readonly height: number } {
  const [from, to] = [lanes.get(item.from) ?? 0, lanes.get(item.to) ?? 0];
  const middle = (from + to) / 2;
  const room = Math.abs(to - from) + 40;
  const number = item.leg === undefined || item.answers ? '' : `${item.leg}. `;
  const line = y + 24;
  const dashed = item.answers || item.tone === 'unseen' ? ' dashed' : '';
  const [start, end] = to > from ? [from + 2, to - 2] : [from - 2, to + 2];
  const height = item.detail === '' ? messageHeight - 12 : messageHeight;
  const drawn = [
    `<g class="message ${item.tone}">`,
    // A thin line is hard to hit with a pointer.
    `<rect class="reach" x="${Math.min(from, to)}" y="${y + 2}" width="${Math.abs(to - from)}" height="${height - 6}"/>`,
    `<text class="label" x="${middle}" y="${line - 7}" text-anchor="middle">${shown(`${number}${item.label}`, room, boldColumnWidth)}</text>`,
    `<line class="arrow${dashed}" x1="${start}" y1="${line}" x2="${end}" y2="${line}" marker-end="url(#head-${item.tone})"/>`,
    item.detail === ''
      ? ''
      : `<text class="detail" x="${middle}" y="${line + 15}" text-anchor="middle">${shown(item.detail, room, columnWidth)}</text>`,
    '</g>',
  ].join('');
  const svg = item.leg === undefined ? drawn : `<a href="#leg-${item.leg}">${drawn}</a>`;
  return { svg, height };
}

function drawNote(
  { over, text, tone }: Extract<ConversationItem, { type: 'note' }>,
  lanes: Lanes,
  width: number,
  y: number,
): { readonly svg: string; readonly height: number } {
  const lines = wrapText(inertText(text), 48).slice(0, 6);
  const widest = Math.max(...lines.map((line) => displayWidth(line)));
  const boxWidth = Math.min(width - 8, widest * columnWidth + 24);
  const x = Math.max(4, Math.min((lanes.get(over) ?? 0) - boxWidth / 2, width - boxWidth - 4));
  const boxHeight = lines.length * noteLineHeight + 10;
  const words = lines.map(
    (line, index) =>
      `<text x="${x + boxWidth / 2}" y="${y + 18 + index * noteLineHeight}" text-anchor="middle">${escapeHtml(line)}</text>`,
  );
  return {
    svg: `<g class="note ${tone}"><rect x="${x}" y="${y + 2}" width="${boxWidth}" height="${boxHeight}" rx="6"/>${words.join('')}</g>`,
    height: boxHeight + 12,
  };
}

function shown(text: string, room: number, column: number): string {
  return escapeHtml(truncateMiddle(inertText(text), Math.floor(room / column), '…'));
}
