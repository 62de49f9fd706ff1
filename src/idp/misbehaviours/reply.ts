import type { JsonObject } from '../../json/json.ts';

/** One request as it came. */
export interface SeenRequest {
  readonly endpoint: string;
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
  /** SHA-256 of the client's certificate in base64url (RFC 8705 §3.1). */
  readonly thumbprint?: string;
}

/** What an endpoint answers: a response, nothing at all, or the end of the connection. */
export type Reply =
  | {
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string | Buffer;
      /** Whether more may come after the body: the connection is not ended. */
      readonly staysOpen?: boolean;
    }
  | 'silence'
  | 'hang-up';

/** A JSON reply that may not be cached. */
export function json(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): Reply {
  return text(status, 'application/json', JSON.stringify(value), headers);
}

/** A reply of any type that may not be cached. */
export function text(
  status: number,
  type: string,
  body: string | Buffer,
  headers: Readonly<Record<string, string>> = {},
): Reply {
  const fields = { 'content-type': type, 'cache-control': 'no-store', pragma: 'no-cache', ...headers };
  return { status, headers: fields, body };
}

/** The JSON reply with other members; one that is undefined is left out. */
export const withMembers =
  (members: object) =>
  (sound: Reply): Reply =>
    typeof sound === 'string' ? sound : json(sound.status, { ...JSON.parse(String(sound.body)), ...members });

/** The object without a member. */
export const without = (name: string) => (sound: JsonObject) => {
  const { [name]: _, ...rest } = sound;
  return rest;
};
