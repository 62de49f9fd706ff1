/**
 * Whether tests go through every combination of their cases, as `npm run nightly` does with EVERY_CASE=1. Else they
 * take each row, and of the combinations of rows as many as show each of them at work.
 */
export const everyCase = process.env.EVERY_CASE !== undefined;
