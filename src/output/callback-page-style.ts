/** The one style sheet of every page in the browser; its hash stands in their policy, so each octet counts. */
export const callbackPageStyle = `
:root {
  color-scheme: light dark;
  --page: #f3f4f6; --card: #fff; --line: #dfe3e8; --ink: #1b2026; --soft: #59636e; --inset: #f6f7f9;
  --success: #1a7f37; --failure: #b3261e; --notice: #2459b5;
  --sans: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", "Liberation Sans", Arial, sans-serif;
  --mono: ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0f1217; --card: #181d24; --line: #2b323c; --ink: #e7eaee; --soft: #9ca6b2; --inset: #11151b;
    --success: #56c271; --failure: #ff8078; --notice: #7fb0ff;
  }
}
*, ::before, ::after { box-sizing: border-box; }
[hidden] { display: none !important; }
body {
  margin: 0; min-height: 100vh; min-height: 100svh; padding: 24px 16px;
  display: flex; flex-direction: column; align-items: center; justify-content: center;
  background: var(--page); color: var(--ink); font: 16px/1.55 var(--sans);
  -webkit-text-size-adjust: 100%; text-size-adjust: 100%;
}
main {
  width: 100%; max-width: 34rem; padding: 32px; overflow-wrap: anywhere;
  background: var(--card); border: 1px solid var(--line); border-radius: 14px;
  box-shadow: 0 1px 2px rgb(0 0 0 / .05), 0 12px 32px rgb(0 0 0 / .06);
}
.success { --accent: var(--success); } .failure { --accent: var(--failure); } .notice { --accent: var(--notice); }
header { display: flex; align-items: center; gap: 14px; margin-bottom: 14px; }
.mark { flex: none; width: 40px; height: 40px; color: var(--accent); }
.mark circle { fill: currentColor; fill-opacity: .13; stroke: currentColor; stroke-width: 2; }
.mark path { fill: none; stroke: currentColor; stroke-width: 3.4; stroke-linecap: round; stroke-linejoin: round; }
h1 { margin: 0; font-size: 1.5rem; line-height: 1.25; font-weight: 650; letter-spacing: -.01em; text-wrap: balance; }
p { margin: 0 0 10px; }
dl {
  display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 7px 18px;
  margin: 18px 0 0; padding: 16px 0 0; border-top: 1px solid var(--line); font-size: .9375rem;
}
dt { color: var(--soft); }
dd { margin: 0; min-width: 0; font: .875rem/1.65 var(--mono); white-space: pre-wrap; }
aside {
  margin: 20px 0 0; padding: 12px 16px; background: var(--inset); border-radius: 8px;
  border-left: 3px solid var(--accent); font-size: .9375rem;
}
aside strong { display: block; margin-bottom: 2px; }
aside p:last-child { margin: 0; }
code { font: .9em var(--mono); }
footer { width: 100%; max-width: 34rem; margin-top: 14px; padding: 0 4px; color: var(--soft); font-size: .8125rem; text-align: center; text-wrap: balance; }
footer b { font: 600 1em var(--mono); color: var(--ink); }
.turning path { transform-origin: 20px 20px; animation: turn 1.1s linear infinite; }
@keyframes turn { to { transform: rotate(1turn); } }
@media (prefers-reduced-motion: reduce) { .turning path { animation: none; } }
@media (max-width: 30rem) {
  main { padding: 22px 18px; }
  h1 { font-size: 1.3125rem; }
  dl { grid-template-columns: minmax(0, 1fr); gap: 0; }
  dd { margin-bottom: 10px; }
}
@media print {
  body { display: block; min-height: 0; padding: 0; background: none; color: #000; }
  main { max-width: none; border: 0; padding: 0; box-shadow: none; }
  footer { text-align: left; padding: 0; }
}
@media (forced-colors: active) { .mark { color: CanvasText; } aside { border-left-color: CanvasText; } }
`;
