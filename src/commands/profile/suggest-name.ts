import { findProvider } from '../../providers/find-provider.ts';

/** A name for a profile, from a URL or from what something was called elsewhere. */
export function suggestProfileName(from: string | undefined): string {
  const text = from !== undefined && URL.canParse(from) && /^https?:/i.test(from) ? nameOfUrl(from) : from;
  const name = (text ?? '')
    .replace(/[^A-Za-z0-9._:@/+-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, '')
    .slice(0, 100);
  return name === '' ? 'imported' : name;
}

function nameOfUrl(url: string): string {
  return findProvider(url)?.name.toLowerCase() ?? new URL(url).hostname.replace(/^\[|\]$/g, '');
}
