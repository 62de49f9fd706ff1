import { isJsonObject, type JsonObject } from '../json/json.ts';
import { type AuthorizationServerMetadata, readMetadataMembers } from '../protocol/metadata.ts';
import { parameterValue } from '../protocol/parameters.ts';
import type { Asked, Captured } from './captured.ts';
import type { Conversation } from './message.ts';
import type { SentAuthorizationRequest } from './sent-request.ts';
import { withoutQuery } from './url-input.ts';

/** What the messages sorted so far say about those that come. */
export interface KnownSoFar {
  readonly sent: SentAuthorizationRequest[];
  /** Callback URLs that were seen already, in a Location header. */
  readonly callbacks: Set<string>;
  metadata: AuthorizationServerMetadata | null;
  keySet: Conversation['keySet'];
  /** Codes that a token request redeems, wherever in the recording. */
  readonly codes: Set<string>;
  /** A token request may redeem any code: what it said was not saved. */
  hasUnreadCode: boolean;
  /** Nothing else was given: it was picked out by a person. */
  readonly isAlone: boolean;
}

/** What is known before the first message. */
export function nothingKnown(isAlone = false): KnownSoFar {
  return {
    sent: [],
    callbacks: new Set(),
    metadata: null,
    keySet: null,
    codes: new Set(),
    hasUnreadCode: false,
    isAlone,
  };
}

/** What the last authorization request asked for, unless it is said. */
export function askedOf(asked: Asked, { sent }: KnownSoFar): Asked {
  const last =
    sent.findLast(({ parameters }) => parameterValue(parameters, 'request_uri') === undefined) ?? sent.at(-1);
  const state = parameterValue(last?.parameters ?? [], 'state');
  const scope = scopeAskedFor(parameterValue(last?.parameters ?? [], 'scope'));
  return {
    ...(state === undefined || state === '' ? {} : { state }),
    ...(scope === undefined ? {} : { scope }),
    ...asked,
  };
}

/** The values of a scope parameter. */
export function scopeAskedFor(scope: string | undefined): readonly string[] | undefined {
  return scope?.split(/\s+/).filter((word) => word !== '');
}

/** Tells whether a URL is at an endpoint, whatever its query. */
export function isAt(url: string, endpoint: string | undefined): boolean {
  return endpoint !== undefined && withoutQuery(url) === withoutQuery(endpoint);
}

/** Metadata and keys count for the whole conversation, also for what was sent before they were fetched. */
export function learnMetadata(captured: readonly Captured[], known: KnownSoFar): void {
  for (const item of captured) {
    if (item.type !== 'exchange') continue;
    const members = objectOf(item.response?.body);
    if (members === undefined) continue;
    if (Object.hasOwn(members, 'issuer') && Object.hasOwn(members, 'token_endpoint')) {
      known.metadata ??= readMetadataMembers(members).metadata;
    }
    if (item.request !== null && Array.isArray(members.keys)) {
      known.keySet = {
        url: item.request.url,
        keyIds: members.keys.flatMap((key) =>
          isJsonObject(key) && typeof key.kid === 'string' ? [key.kid] : [],
        ),
      };
    }
  }
}

/** A body that is a JSON object. */
export function objectOf(body: string | null | undefined): JsonObject | undefined {
  if (body == null || !/^\s*\{/.test(body)) return undefined;
  try {
    const value: unknown = JSON.parse(body);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
