// biome-ignore-all lint/suspicious/noConsole: the library prints through console, so that is where its notices are caught
/** How oidc-provider begins every line it prints, coloured on a terminal. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the colour is an escape sequence
const notice = /^(?:\x1b\[[\d;]*m)?oidc-provider (?:NOTICE|WARNING): /;

let holders = 0;
let restoreConsole: () => void = () => {};

/**
 * Keeps oidc-provider's advice to operators (unsupported runtime, quick-start defaults) off the terminal and lets
 * every other line of the console through; returns the function that ends it. May be held several times at once.
 */
export function muteProviderNotices(): () => void {
  if (holders === 0) {
    const { info, warn } = console;
    const withoutNotices =
      (print: typeof console.warn) =>
      (...values: unknown[]) => {
        if (!(typeof values[0] === 'string' && notice.test(values[0]))) print.apply(console, values);
      };
    console.info = withoutNotices(info);
    console.warn = withoutNotices(warn);
    restoreConsole = () => {
      console.info = info;
      console.warn = warn;
    };
  }
  holders += 1;
  let held = true;
  return () => {
    if (!held) return;
    held = false;
    holders -= 1;
    if (holders === 0) restoreConsole();
  };
}
