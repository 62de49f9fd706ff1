/** One thing that a login needs of the machine or the network. */
export interface DoctorCheck {
  /** Never changes its meaning: `node`, `port`, `tls`, … */
  readonly id: string;
  readonly outcome: 'pass' | 'warn' | 'fail';
  /** What was looked at, in a few words. */
  readonly title: string;
  /** One sentence or figure: what was seen. Never holds a secret. */
  readonly detail: string;
  /** What to do about it; there whenever the check did not pass. */
  readonly cure?: string;
}

/** Result of `doctor`, as `--json` prints it; the text is rendered from the same value. */
export interface DoctorDocument {
  readonly version: 1;
  readonly checks: readonly DoctorCheck[];
}
