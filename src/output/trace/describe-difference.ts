/** In which way two values differ, when that is easily overlooked; undefined when they are plainly different. */
export function describeDifference(a: string, b: string): string | undefined {
  if (a === JSON.stringify(b) || b === JSON.stringify(a)) return 'only the type';
  if (withoutTail(a) === withoutTail(b)) return 'only a slash at the end';
  if (a.toLowerCase() === b.toLowerCase()) return 'only upper and lower case';
  if (a.trim() === b.trim()) return 'only white space around it';
  if (decoded(a) === decoded(b)) return 'only the percent-encoding';
  if (sorted(a) === sorted(b)) return 'only the order';
  if (withoutPort(a) !== a && withoutPort(a) === withoutPort(b)) return 'only the port';
  if (a.replace(/^https:/, 'http:') === b.replace(/^https:/, 'http:')) return 'only http and https';
  if (onLoopback(a) !== a && onLoopback(a) === onLoopback(b)) return 'only the name of this machine';
  return undefined;
}

function withoutTail(text: string): string {
  return text.replace(/\/$/, '');
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Words, as in a scope. */
function sorted(text: string): string {
  return text
    .split(/[\s,]+/)
    .toSorted()
    .join(' ');
}

function withoutPort(url: string): string {
  return url.replace(/^([a-z]+:\/\/(?:\[[^\]]*\]|[^:/?#]*)):\d+/i, '$1');
}

function onLoopback(url: string): string {
  return url.replace(/^([a-z]+:\/\/)(?:127\.0\.0\.1|localhost|\[::1\])(?=[:/?#]|$)/i, '$1loopback');
}
