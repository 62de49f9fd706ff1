import type { IncomingMessage } from 'node:http';

/** A request body read to its end, or why there is none. */
export type RequestBody =
  | { readonly type: 'complete'; readonly text: string }
  | { readonly type: 'too_large' }
  | { readonly type: 'aborted' };

/** A body beyond this many times the limit is cut off instead of being read to its end. */
const patience = 16;

/**
 * Reads a request body as UTF-8. A body above the limit is read on without being kept, as a client that is still
 * sending would see a reset instead of the answer.
 */
export function readBody(request: IncomingMessage, limitBytes: number): Promise<RequestBody> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limitBytes) chunks.push(chunk);
      else chunks.length = 0;
      if (size > limitBytes * patience) request.destroy();
    });
    request.once('end', () =>
      resolve(
        size > limitBytes
          ? { type: 'too_large' }
          : { type: 'complete', text: Buffer.concat(chunks).toString('utf8') },
      ),
    );
    // After `end` this comes too late to matter.
    request.once('close', () => resolve({ type: 'aborted' }));
  });
}
