/**
 * A JWS or JWE in compact form as it stands in running text: `eyJ` begins the base64url of every JSON object. The
 * start is pinned to the start of a run, so that no text is walked through twice.
 */
const jwts = /(?<![\w-])eyJ[\w-]{5,}(?:\.[\w-]*){2,4}/g;
const jwt = /^eyJ[\w-]{5,}(?:\.[\w-]*){2,4}$/;

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
