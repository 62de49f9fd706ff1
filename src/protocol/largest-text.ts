/** In octets. A larger text is read piece by piece where it may be a recording, else not at all. */
export const largestText = 10_000_000;
