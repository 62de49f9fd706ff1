/** The URL that was probably meant by what is none: http for this machine, else https. */
export function guessUrl(text: string): string | undefined {
  const rest = text.replace(/^(?:[a-z][a-z0-9+.-]*:)?[\\/]+/i, '');
  const isLoopback = /^(?:localhost|127(?:\.\d+){3}|\[::1\])(?=[:/?#]|$)/i.test(rest);
  const guess = `${isLoopback ? 'http' : 'https'}://${rest}`;
  return URL.canParse(guess) && !/[\s\\]/.test(guess) ? guess : undefined;
}
