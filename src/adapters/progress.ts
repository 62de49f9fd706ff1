/** A wait that is shown. */
export interface ShownWait {
  readonly what: () => string;
  /** The user may be typing: the text stands on the line above the cursor. */
  readonly typing: boolean;
}

/** Where waits are drawn; other output has the line taken away first. */
export interface WaitLine {
  readonly write: (text: string) => void;
  readonly columns: () => number;
  readonly unicode: boolean;
}

const waits = new Set<ShownWait>();
let timer: NodeJS.Timeout | undefined;
let drawn: { readonly wait: ShownWait; readonly text: string } | undefined;
let frame = 0;

/** Draws a wait, the latest one of several, until the function that it returns is called. */
export function startWait(wait: ShownWait, line: WaitLine): () => void {
  const frames = line.unicode ? '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏' : '|/-\\';
  const draw = () => {
    const latest = [...waits].at(-1);
    if (latest === undefined) return;
    frame += 1;
    const mark = latest.typing ? (line.unicode ? '…' : '.') : frames[frame % frames.length];
    const text = `${mark} ${latest.what()}`.slice(0, Math.max(1, line.columns() - 1));
    if (drawn?.text === text) return;
    const isAbove = drawn?.wait === latest && latest.typing;
    if (!isAbove) hideWait(line);
    const above = latest.typing ? `${text}\n` : text;
    line.write(isAbove ? `\u001b7\u001b[1A\r\u001b[2K${text}\u001b8` : `\r\u001b[2K${above}`);
    drawn = { wait: latest, text };
  };
  waits.add(wait);
  timer ??= setInterval(draw, 100).unref();
  draw();
  return () => {
    waits.delete(wait);
    hideWait(line);
    if (waits.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** Takes the line away that is drawn, if any. */
export function hideWait({ write }: Pick<WaitLine, 'write'>): void {
  if (drawn === undefined) return;
  write(drawn.wait.typing ? '\u001b[1A\r\u001b[2K' : '\r\u001b[2K');
  drawn = undefined;
}
