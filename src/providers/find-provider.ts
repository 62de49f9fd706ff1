import { isUrl } from '../http-message.ts';
import { asianProviders } from './asian-providers.ts';
import { auth0 } from './auth0.ts';
import { businessServices } from './business-services.ts';
import { cognito } from './cognito.ts';
import { developerPlatforms } from './developer-platforms.ts';
import { dex } from './dex.ts';
import { entra } from './entra.ts';
import { github } from './github.ts';
import { google } from './google.ts';
import { hydra } from './hydra.ts';
import { identityPlatforms } from './identity-platforms.ts';
import { keycloak } from './keycloak.ts';
import { mediaAndFitness } from './media-and-fitness.ts';
import { okta } from './okta.ts';
import type { Provider } from './provider.ts';
import { salesforce } from './salesforce.ts';
import { socialNetworks } from './social-networks.ts';

/** Every provider of which something is known; an error text that several have counts for the first. */
export const providers: readonly Provider[] = [
  entra,
  okta,
  auth0,
  cognito,
  keycloak,
  hydra,
  dex,
  google,
  github,
  salesforce,
  ...identityPlatforms,
  ...socialNetworks,
  ...mediaAndFitness,
  ...asianProviders,
  ...developerPlatforms,
  ...businessServices,
];

/** What providers write about errors, each with its source and what it may mean. */
export function writtenErrors() {
  return providers.flatMap((provider) =>
    Object.entries(provider.errors ?? {}).flatMap(([source, texts]) =>
      Object.entries(texts).map(([written, meaning]) => ({
        provider,
        source,
        written,
        meanings: [meaning].flat(),
      })),
    ),
  );
}

/** The source of a pattern that finds what a provider writes; "…" stands for any words of a line. */
export function patternSource(written: string): string {
  return written.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&').replaceAll('…', '[^\\n]{1,200}?');
}

/** The provider behind an issuer or endpoint; undefined for any other and for what is not a URL. */
export function findProvider(url: string): Provider | undefined {
  if (!isUrl(url)) return undefined;
  const { hostname, pathname } = new URL(url);
  const place = `${hostname}${pathname}/`;
  return providers.find(({ hosts }) => hosts.some((pattern) => matches(pattern, place)));
}

/** The provider that a person means by a name, such as `google` or `entra`; undefined when it could be several. */
export function providerNamed(text: string): Provider | undefined {
  const wanted = plain(text);
  if (wanted === '') return undefined;
  const exact = providers.find(({ name }) => plain(name) === wanted);
  const [only, ...more] = providers.filter(({ name }) =>
    name.split(' ').some((_, index, words) => plain(words.slice(index).join('')).startsWith(wanted)),
  );
  return exact ?? (more.length === 0 ? only : undefined);
}

/** The options that name the server of a provider; a name in braces is to be filled in. */
export function serverOptionsOf({ server }: Provider): string {
  switch (server.type) {
    case 'issuer':
      return `--issuer ${server.issuer}`;
    case 'metadata':
      return `--metadata-url ${server.metadataUrl}`;
    case 'endpoints':
      return `--authorization-endpoint ${server.authorization} --token-endpoint ${server.token}`;
  }
}

function plain(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9]/g, '');
}

function matches(pattern: string, place: string): boolean {
  const source = pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '[^/]*');
  return new RegExp(`^${source}${pattern.includes('/') ? '' : '/'}`).test(place);
}
