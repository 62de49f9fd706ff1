import type { DiscoveredResource } from '../flows/discover-resource.ts';
import type { ResourceSection } from '../output/documents.ts';

/** A resource as the documents have it. */
export function resourceSection(found: DiscoveredResource): ResourceSection {
  return {
    url: found.url,
    status: found.answer.status,
    challenge: found.challenges,
    metadata_url: found.metadataUrl,
    metadata: found.metadata,
    authorization_servers: found.authorizationServers,
    scope: found.scope,
    places: found.places.map(({ url, result }) => ({ url, result })),
  };
}
