import type { CapturedExchange } from './captured.ts';
import { endpointOfExchange } from './endpoint-of-exchange.ts';
import { isOauthExchange } from './is-oauth-exchange.ts';
import { learnMetadata, nothingKnown } from './known-so-far.ts';
import { withoutQuery } from './url-input.ts';

/** In characters of bodies: what may be held for metadata that has not come yet. */
const mostHeld = 32_000_000;
/** No answer of UserInfo or of a token endpoint is nearly as large. */
const longestAnswer = 2_000_000;

/**
 * Lets go, one by one, of the exchanges of a recording that belong to no OAuth conversation. What only the metadata can
 * tell, such as a UserInfo endpoint at `/me`, is held until the end, the latest of it where that is much: proxies write
 * the metadata after what was asked later.
 */
export class ConversationSieve {
  readonly #endpoints = new Set<string>();
  #undecided: { readonly place: number; readonly exchange: CapturedExchange; readonly size: number }[] = [];
  #held = 0;
  readonly #kept: { readonly place: number; readonly exchange: CapturedExchange }[] = [];
  #place = 0;

  /** How many exchanges it was given. */
  get size(): number {
    return this.#place;
  }

  /** Takes the next exchange of the recording. */
  add(exchange: CapturedExchange): void {
    const place = this.#place++;
    if (
      exchange.step !== undefined ||
      isOauthExchange(exchange) ||
      endpointOfExchange(exchange, nothingKnown()) !== undefined
    ) {
      this.#learn(exchange);
      this.#kept.push({ place, exchange });
      return;
    }
    const size = (exchange.response?.body?.length ?? 0) + (exchange.request?.body?.length ?? 0);
    if (size > longestAnswer) return;
    this.#undecided.push({ place, exchange, size });
    this.#held += size;
    if (this.#held > mostHeld) this.#makeRoom();
  }

  /** What may belong to the conversation, in the order of the recording. */
  kept(): readonly CapturedExchange[] {
    const told = this.#undecided.filter((one) => this.#isAtEndpoint(one));
    return [...this.#kept, ...told].sort((a, b) => a.place - b.place).map(({ exchange }) => exchange);
  }

  #learn(exchange: CapturedExchange): void {
    const known = nothingKnown();
    learnMetadata([exchange], known);
    const { token_endpoint, userinfo_endpoint } = known.metadata ?? {};
    for (const url of [token_endpoint, userinfo_endpoint]) {
      if (url !== undefined) this.#endpoints.add(withoutQuery(url));
    }
  }

  #isAtEndpoint({ exchange: { request } }: { readonly exchange: CapturedExchange }): boolean {
    return request !== null && this.#endpoints.has(withoutQuery(request.url));
  }

  #makeRoom(): void {
    const half = this.#undecided.length >> 1;
    const [old, recent] = [this.#undecided.slice(0, half), this.#undecided.slice(half)];
    this.#kept.push(...old.filter((one) => this.#isAtEndpoint(one)));
    this.#undecided = recent;
    this.#held = recent.reduce((sum, { size }) => sum + size, 0);
  }
}
