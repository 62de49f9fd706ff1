import type { Trace } from '../../protocol/trace.ts';
import { inertText } from '../terminal-text.ts';
import { type ConversationItem, readConversation, type Tone } from './conversation.ts';

/** A trace as a Mermaid sequence diagram, which GitHub and others draw in Markdown. */
export function renderTraceMermaid(trace: Trace): string {
  const { participants, items } = readConversation(trace);
  const lines = [
    ...(trace.secrets === 'shown' ? ['%% This diagram may hold tokens and other secrets.'] : []),
    'sequenceDiagram',
    ...participants.map(({ id, label, kind }) => {
      return `  ${kind === 'person' ? 'actor' : 'participant'} ${id} as ${mermaidText(label)}`;
    }),
    ...items.map((item) => `  ${renderItem(item)}`),
  ];
  return `${lines.join('\n')}\n`;
}

const marks: Readonly<Record<Tone, string>> = { plain: '', ok: '✓ ', warn: '! ', bad: '✗ ', unseen: '' };

function renderItem(item: ConversationItem): string {
  if (item.type === 'note') return `Note over ${item.over}: ${marks[item.tone]}${mermaidText(item.text)}`;
  const { leg, from, to, label, detail, tone, answers } = item;
  const arrow = tone === 'bad' && answers ? '--x' : answers || tone === 'unseen' ? '-->>' : '->>';
  const number = leg === undefined || answers ? '' : `${leg}. `;
  const more = detail === '' ? '' : ` (${mermaidText(detail)})`;
  return `${from}${arrow}${to}: ${number}${mermaidText(label)}${more}`;
}

/** Longer labels make the diagram unreadable. */
const longestLabel = 100;

/**
 * Text that Mermaid shows and does not obey: whatever is neither a letter, a digit nor plain punctuation becomes an
 * entity code, since `;` ends a statement, `#` begins an entity, `%%` a comment and `<` markup. A colon is harmless
 * but behind words that mean something to Mermaid wherever they stand.
 */
export function mermaidText(text: string): string {
  const characters = [...inertText(text)];
  const shown = characters.length > longestLabel ? [...characters.slice(0, longestLabel), '…'] : characters;
  const plain = /style|classdef|wrap/i.test(text)
    ? /[\p{L}\p{M}\p{N} ‹›…./_=?()'*,@+-]/u
    : /[\p{L}\p{M}\p{N} ‹›…./_=?()'*,@+:-]/u;
  const encoded = shown
    .map((character) =>
      plain.test(character) && !/[ﬂß]/.test(character) ? character : `#${character.codePointAt(0)};`,
    )
    .join('');
  return encoded.trim() === '' ? '-' : encoded;
}
