/**
 * Whether tests go through every combination of their cases, as `npm run nightly` does with EVERY_CASE=1. Else they
 * take each row, and of the combinations of rows as many as show each of them at work.
 */
export const everyCase = process.env.EVERY_CASE !== undefined;

/** How many inputs a property is tried with: ten times as many at night, and a quarter of them else. */
export const inputs = (count: number) => (everyCase ? count * 10 : Math.ceil(count / 4));
