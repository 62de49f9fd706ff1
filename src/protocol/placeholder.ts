/**
 * The text that stands for a secret in a recording, such as `‹access_token›` or `‹code 2›`; the group is its kind. Equal ones
 * stand for equal secrets, and nothing can be computed of them.
 */
export const placeholders = /‹([^‹›]{1,80})›/g;

/** Makes the placeholder of a kind of secret; several secrets of one kind are numbered. */
export function placeholderOf(kind: string, count = 1): string {
  return count === 1 ? `‹${kind}›` : `‹${kind} ${count}›`;
}

/** Takes variables out of their placeholders, as a person wrote them: in an address they say where it leads. */
export function withoutStandIns(text: string): string {
  return text.replace(/‹(\$[^‹›]{1,80})›/g, '$1');
}

/** Puts placeholders in place of the variables of API clients, such as `{{client_secret}}`. */
export function withStandIns(text: string): string {
  return text.replace(/(?<!‹)\{\{[ \w.$-]{1,60}\}\}/g, (variable) => placeholderOf(variable));
}

/** The variable that a placeholder stands for; undefined where it stands for a secret that was hidden. */
export function variableIn(text: string): string | undefined {
  return /‹(\$[^‹›]+|\{\{[^‹›]+\}\})›/.exec(text)?.[1];
}

/** Tells whether a text is a placeholder and nothing else. */
export function isPlaceholder(text: string): boolean {
  return /^‹[^‹›]{1,80}›$/.test(text);
}

/** Tells whether a text, such as a URL, has a placeholder in it. */
export function holdsPlaceholder(text: string): boolean {
  return /‹[^‹›]{1,80}›/.test(text);
}

const masks =
  /\*{3,}|\u2026|\.{3,}|^[x#\u2022-]{3,20}$|^[<[({]?(?:redacted|masked|removed|hidden|filtered|snip)\b/i;

/** Tells whether a value was hidden by this tool or another, wholly or in part: it equals no other then, nor differs. */
export function isConcealed(text: string): boolean {
  return holdsPlaceholder(text) || masks.test(text);
}
