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
