/** What a run can end with: each error `code` of the contract and the exit status it stands for. */
export const exitStatus = {
  bug: 1,
  usage: 2,
  config: 2,
  authorization_error: 3,
  token_error: 3,
  endpoint_error: 3,
  login_required: 4,
  network: 5,
  tls: 5,
  timeout: 5,
  invalid_response: 6,
  validation_failed: 6,
  findings: 7,
  expectation_failed: 7,
  not_executable: 126,
  not_found: 127,
  cancelled: 130,
} as const;

/** The value of `error.code` in the JSON error document. */
export type ErrorCode = keyof typeof exitStatus;
