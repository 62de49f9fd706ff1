const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
};

/** Escapes a text for HTML content and for quoted attribute values (HTML Living Standard §13.3). */
export function escapeMarkup(text: string): string {
  return text.replace(/[&<>"'`]/g, (character) => entities[character] ?? character);
}

/**
 * Escapes text for HTML, both between tags and in quoted attributes. Characters nobody sees but which change what
 * is seen (controls, bidirectional and other format characters, lone surrogates) are written as `\u202e`; the
 * joiners stay, as many scripts need them.
 */
export function escapeHtml(text: string): string {
  return escapeMarkup(
    text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, (character) =>
      /[\t\n\u200c\u200d]/.test(character) ? character : visible(character),
    ),
  );
}

function visible(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16);
  return code.length > 4 ? `\\u{${code}}` : `\\u${code.padStart(4, '0')}`;
}
