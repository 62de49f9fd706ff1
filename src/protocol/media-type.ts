import { type HeaderList, headerValue } from '../http-message.ts';

/** The declared media type in lower case and without parameters; null when there is none (RFC 9110 §8.3.1). */
export function mediaType(headers: HeaderList): string | null {
  const [declared = ''] = headerValue(headers, 'content-type')?.split(';') ?? [];
  return declared.trim().toLowerCase() || null;
}
