/** Tells whether words of a command line are a token, or hold one, rather than the name of a file. */
export function isToken(text: string): boolean {
  return /(?:^|[\s"'=:])e[wy][\w-]{8,}\.[\w-]/.test(text.slice(0, 4096)) || text.length > 4096;
}

/** Tells whether words look like the path of a file, so that a mistyped one is not taken for a token. */
export function isPath(text: string): boolean {
  return (
    /^(?:\.{0,2}[/\\]|~[/\\]|[A-Za-z]:\\)/.test(text) ||
    /^[\w./\\ -]{1,200}\.(?:jwt|jws|jwe|json|txt|log|har|http|token|out)$/i.test(text)
  );
}
