import { isLoopbackHost } from '../protocol/redirect-uri.ts';

/** The URL that was probably meant by what is none: http for this machine, else https. */
export function guessUrl(text: string): string | undefined {
  const rest = text.replace(/^(?:[a-z][a-z0-9+.-]*:)?[\\/]+/i, '');
  if (/[\s\\]/.test(rest) || !URL.canParse(`https://${rest}`)) return undefined;
  const isHere = isLoopbackHost(new URL(`https://${rest}`).hostname);
  return `${isHere ? 'http' : 'https'}://${rest}`;
}
