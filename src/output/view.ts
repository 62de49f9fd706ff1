/** How a result is to be shown; everything a rendering depends on besides the result. */
export interface View {
  /** Width of the output in columns. */
  readonly columns: number;
  readonly color: boolean;
  /** False confines the tool's own marks to ASCII; true when left out. */
  readonly unicode?: boolean;
  readonly now: Date;
  /** How far local time is ahead of UTC at that moment, in minutes: `(at) => -at.getTimezoneOffset()`. */
  utcOffsetMinutes(at: Date): number;
  /** Whether tokens are shown whole. */
  readonly showSecrets: boolean;
}

/** What any layout needs to know: width and looks. */
export type Looks = Pick<View, 'columns' | 'color' | 'unicode'>;

/** What the rendering of a moment needs. */
export type Clock = Pick<View, 'now' | 'utcOffsetMinutes'>;

/** The columns a layout uses: right-aligned text is hard to follow further out, and below 20 nothing fits. */
export function layoutColumns(view: Pick<View, 'columns'>): number {
  return Math.max(20, Math.min(100, Math.floor(view.columns) || 80));
}
