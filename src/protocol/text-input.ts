/** In octets. A larger text is read piece by piece where it may be a recording, else not at all. */
export const largestText = 10_000_000;

/** Characters at the start that are looked at. */
const sampled = 4096;

/** Tells whether a text was read from octets that are none: a tenth of it is controls, or stands for broken UTF-8. */
export function looksBinary(text: string): boolean {
  const sample = text.slice(0, sampled);
  let strange = 0;
  for (let at = 0; at < sample.length; at += 1) if (isStrange(sample.charCodeAt(at))) strange += 1;
  return strange > sample.length / 10;
}

/** Neither white space nor the escape that begins a colour. */
function isStrange(code: number): boolean {
  const isControl = code < 0x20 || code === 0x7f;
  return code === 0xfffd || (isControl && !(code >= 0x09 && code <= 0x0d) && code !== 0x1b);
}
