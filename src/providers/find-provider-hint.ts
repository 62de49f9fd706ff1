import { asianProviders } from './asian-providers.ts';
import { businessServices } from './business-services.ts';
import { developerPlatforms } from './developer-platforms.ts';
import { identityPlatforms } from './identity-platforms.ts';
import { mediaAndFitness } from './media-and-fitness.ts';
import type { ProviderHint } from './provider-hint.ts';
import { socialNetworks } from './social-networks.ts';

/** Every provider of which something is known. */
export const providerHints: readonly ProviderHint[] = [
  ...identityPlatforms,
  ...socialNetworks,
  ...mediaAndFitness,
  ...asianProviders,
  ...developerPlatforms,
  ...businessServices,
];

/** What is known of the provider behind an issuer or endpoint; undefined for any other and for what is no URL. */
export function providerHint(url: string): ProviderHint | undefined {
  if (!URL.canParse(url)) return undefined;
  const { hostname, pathname } = new URL(url);
  const place = `${hostname}${pathname}`;
  return providerHints.find(({ hosts }) => hosts.some((pattern) => matches(pattern, place)));
}

/** The provider that a person means by a name, such as `google` or `entra`; undefined when it could be several. */
export function providerNamed(text: string): ProviderHint | undefined {
  const wanted = plain(text);
  if (wanted === '') return undefined;
  const exact = providerHints.find(({ name }) => plain(name) === wanted);
  const [only, ...more] = providerHints.filter(({ name }) =>
    name.split(' ').some((_, index, words) => plain(words.slice(index).join('')).startsWith(wanted)),
  );
  return exact ?? (more.length === 0 ? only : undefined);
}

function plain(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9]/g, '');
}

function matches(pattern: string, place: string): boolean {
  const source = pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '[^/]*');
  return new RegExp(`^${source}${pattern.includes('/') ? '' : '/'}`).test(place);
}
