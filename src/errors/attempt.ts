/** Returns the result of an action; undefined where it throws, for callers that have nothing to say of why. */
export function attempt<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch {
    return undefined;
  }
}
