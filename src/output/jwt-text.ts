/**
 * A JWS or JWE in compact form as it stands in running text: `eyJ` begins the base64url of every JSON object. The
 * start is pinned to the start of a run, so that no text is walked through twice. Neither `{5,}` nor a repeated group
 * may stand for a whole part: with some millions of characters in it, the engine's stack would overflow.
 */
const jwts = /(?<![\w-])eyJ[\w-]{5}[\w-]*\.[\w-]*\.[\w-]*(?:\.[\w-]*)?(?:\.[\w-]*)?/g;
const jwt = /^eyJ[\w-]{5}[\w-]*\.[\w-]*\.[\w-]*(?:\.[\w-]*)?(?:\.[\w-]*)?$/;

/** Tells whether a value has the outer form of a JWT; nothing is decoded. */
export function looksLikeJwt(value: string): boolean {
  return jwt.test(value);
}

/** Everything in a text that has the outer form of a JWT, in order. */
export function findJwts(text: string): readonly string[] {
  return text.match(jwts) ?? [];
}

/** Puts a replacement in the place of everything that has the outer form of a JWT. */
export function replaceJwts(text: string, replacement: string): string {
  return text.replace(jwts, replacement);
}
