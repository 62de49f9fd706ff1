/**
 * A pattern that is built when it is first asked for. A literal with Unicode properties is looked up in tables as soon
 * as its file is loaded, which costs milliseconds that most output, being ASCII, never needs.
 */
export function lazyPattern(source: string, flags: string): () => RegExp {
  let pattern: RegExp | undefined;
  return () => {
    pattern ??= new RegExp(source, flags);
    return pattern;
  };
}
