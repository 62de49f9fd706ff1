import { describe, expect, it } from 'vitest';
import { hideWait, startWait } from '../../src/adapters/progress.ts';

/** What a terminal would have been written. */
function createLine(unicode = true, columns = 80) {
  const written: string[] = [];
  return {
    written,
    line: { write: (text: string) => void written.push(text), columns: () => columns, unicode },
  };
}

describe('the line of a wait', () => {
  it('is drawn at once, and taken away for other output and at the end', () => {
    const { written, line } = createLine();
    const stop = startWait({ what: () => 'Token: waiting for a.example, 3 s', typing: false }, line);
    expect(written.map((text) => text.replace('\u001b', 'ESC'))).toEqual([
      expect.stringMatching(/^\rESC\[2K[⠋-⠿] Token: waiting for a\.example, 3 s$/),
    ]);
    hideWait(line);
    expect(written.at(-1)).toBe('\r\u001b[2K');
    stop();
    hideWait(line);
    expect(written).toHaveLength(2);
  });

  it('stands above the cursor where the user may be typing', () => {
    const { written, line } = createLine();
    startWait({ what: () => 'Waiting for the browser', typing: true }, line)();
    expect(written).toEqual(['\r\u001b[2K… Waiting for the browser\n', '\u001b[1A\r\u001b[2K']);
  });

  it('is that of the latest wait, in ASCII where that is asked for, and never wider than the terminal', () => {
    const { written, line } = createLine(false, 12);
    const stops = ['first wait', 'the second one'].map((text) =>
      startWait({ what: () => text, typing: false }, line),
    );
    expect(written.at(-1)?.replace('\u001b', 'ESC')).toMatch(/^\rESC\[2K[-|/\\] the secon$/);
    for (const stop of stops) stop();
  });
});
