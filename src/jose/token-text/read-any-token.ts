import { describeOpaqueToken, type OpaqueToken } from './opaque-token.ts';
import { type ReadSdJwt, readSdJwt } from './read-sd-jwt.ts';
import { type ReadJwe, type ReadJws, readJose } from './read-token.ts';

/** A token by its form. Reading says nothing about trust. */
export type TokenReading = ReadJws | ReadJwe | ReadSdJwt | OpaqueToken;

/** Reads a token whatever it is; what is nothing else is opaque. */
export function readToken(text: string): TokenReading {
  const sdJwt = text.includes('~') ? readSdJwt(text) : undefined;
  return sdJwt ?? readJose(text) ?? describeOpaqueToken(text);
}
