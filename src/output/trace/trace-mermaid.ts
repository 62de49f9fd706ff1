import type { Recording } from '../../recording/recording.ts';
import { inertText } from '../terminal-text.ts';
import { truncateMiddle, wrapText } from '../width.ts';
import { type ConversationItem, readConversation, type Tone } from './conversation.ts';

/** In characters; Mermaid refuses a text of more than 50,000 and shows an error in the place of the picture. */
const longestDiagram = 48_000;

/** A trace as a Mermaid sequence diagram, which GitHub and others draw in Markdown. */
export function renderTraceMermaid(trace: Recording): string {
  const { participants, items } = readConversation(trace);
  const lines = [
    ...(trace.secrets === 'shown' ? ['%% This diagram may hold tokens and other secrets.'] : []),
    'sequenceDiagram',
    ...participants.map(({ id, label, kind }) => {
      return `  ${kind === 'person' ? 'actor' : 'participant'} ${id} as ${mermaidText(label)}`;
    }),
  ];
  const rest = items.map((item) => `  ${renderItem(item)}`);
  const fitting = countFitting(rest, longestDiagram - lines.join('\n').length);
  const left = rest.length - fitting;
  const remark =
    left === 0 ? [] : [`  Note over client: ${left} more lines do not fit into a Mermaid diagram`];
  return `${[...lines, ...rest.slice(0, fitting), ...remark].join('\n')}\n`;
}

function countFitting(lines: readonly string[], room: number): number {
  let left = room;
  const first = lines.findIndex((line) => {
    left -= line.length + 1;
    return left < 0;
  });
  return first === -1 ? lines.length : first;
}

const marks: Readonly<Record<Tone, string>> = { plain: '', ok: '✓ ', warn: '! ', bad: '✗ ', unseen: '' };

function renderItem(item: ConversationItem): string {
  if (item.type === 'note') return `Note over ${item.over}: ${marks[item.tone]}${noteText(item.text)}`;
  const { leg, from, to, label, detail, tone, answers } = item;
  const arrow = tone === 'bad' && answers ? '--x' : answers || tone === 'unseen' ? '-->>' : '->>';
  const number = leg === undefined || answers ? '' : `${leg}. `;
  const encode = encoderFor(`${label}${detail}`);
  const more = detail === '' ? '' : ` (${encode(shortened(detail))})`;
  return `${from}${arrow}${to}: ${number}${encode(shortened(label))}${more}`;
}

/** In columns: longer labels drive the parties apart, and the picture becomes too small to read. */
const longestLabel = 60;
const [noteColumns, noteLines] = [48, 5];

/** A note in several lines, which Mermaid does not break by itself. */
function noteText(text: string): string {
  const lines = wrapText(inertText(text), noteColumns);
  const shown = lines.length > noteLines ? [...lines.slice(0, noteLines), '…'] : lines;
  return shown.map(encoderFor(text)).join('<br/>');
}

/** A label that Mermaid shows and does not obey. */
export function mermaidText(text: string): string {
  return encoderFor(text)(shortened(text));
}

/** Marks that take no column would make a label of any length. */
function shortened(text: string): string {
  return truncateMiddle(inertText(text), longestLabel, '…').slice(0, 4 * longestLabel);
}

/**
 * A character that is no letter, digit or plain punctuation becomes an entity code, since `;` ends a statement, `#`
 * begins an entity, `%%` a comment and `<` markup. A colon is harmless unless it stands anywhere behind words that
 * mean something to Mermaid wherever they stand: that is asked of all foreign text in the statement.
 */
function encoderFor(statement: string): (text: string) => string {
  const plain = /style|classdef|wrap/i.test(statement)
    ? /[\p{L}\p{M}\p{N} ‹›…./_=?()'*,@+-]/u
    : /[\p{L}\p{M}\p{N} ‹›…./_=?()'*,@+:-]/u;
  return (text) => {
    const encoded = Array.from(text, (character) =>
      plain.test(character) && !/[ﬂß]/.test(character) ? character : `#${character.codePointAt(0)};`,
    ).join('');
    return encoded.trim() === '' ? '-' : encoded;
  };
}
