import type { JsonObject } from '../../json/json.ts';

/** Which rules a metadata document goes by; `given` stands for one at an address that a person gave. */
export type MetadataSpecification = 'OIDC Discovery' | 'RFC 8414' | 'given';

/** A metadata document as it was found. */
export interface MetadataDocument {
  readonly specification: MetadataSpecification;
  readonly metadata: JsonObject;
}
