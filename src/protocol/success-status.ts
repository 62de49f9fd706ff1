/** Tells whether a status says success (RFC 9110 §15.3). */
export function isSuccessStatus(status: number): boolean {
  return status >= 200 && status < 300;
}
