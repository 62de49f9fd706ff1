import type { VendorError } from './vendor-error.ts';
import { entraErrors } from './vendor-errors-entra.ts';
import { entraAccountErrors } from './vendor-errors-entra-accounts.ts';
import { hostedErrors } from './vendor-errors-hosted.ts';
import { platformErrors } from './vendor-errors-platforms.ts';
import { selfHostedErrors } from './vendor-errors-self-hosted.ts';

/** Codes and texts of servers that people meet most, each with where it is documented. */
export const vendorErrors: readonly VendorError[] = [
  ...entraErrors,
  ...entraAccountErrors,
  ...hostedErrors,
  ...selfHostedErrors,
  ...platformErrors,
];
