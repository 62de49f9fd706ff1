/** The one style sheet of a report; its hash stands in the policy of the page, so each octet counts. */
export const traceHtmlStyle = `
:root {
  color-scheme: light dark;
  --page: #f3f4f6; --card: #fff; --line: #dfe3e8; --ink: #1b2026; --soft: #59636e; --inset: #f6f7f9;
  --ok: #1a7f37; --bad: #b3261e; --warn: #8a5a00; --accent: #2459b5; --unseen: #6b7480;
  --sans: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", "Liberation Sans", Arial, sans-serif;
  --mono: ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace;
  --dns: #7c6bd6; --connect: #3d82d6; --tls: #1a9aa0; --other: #9aa3ad; --wait: #d99a2b; --receive: #3fa45b;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0f1217; --card: #181d24; --line: #2b323c; --ink: #e7eaee; --soft: #9ca6b2; --inset: #11151b;
    --ok: #56c271; --bad: #ff8078; --warn: #e0ab4a; --accent: #7fb0ff; --unseen: #8f99a5;
  }
}
*, ::before, ::after { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 15px/1.55 var(--sans); -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
header, main, footer { width: 100%; max-width: 66rem; margin: 0 auto; padding: 0 20px; }
header { padding-top: 32px; }
h1 { display: flex; gap: 12px; align-items: baseline; margin: 0 0 8px; font-size: 1.5rem; line-height: 1.3; font-weight: 650; overflow-wrap: anywhere; }
h2 { margin: 0 0 4px; font-size: 1.125rem; }
h3 { margin: 0 0 8px; font-size: .9375rem; }
table ~ h3, .scroll ~ h3, p ~ h3 { margin-top: 18px; }
h4 { margin: 14px 0 4px; font-size: .8125rem; font-weight: 600; color: var(--soft); }
p { margin: 0 0 10px; overflow-wrap: anywhere; }
.hint { color: var(--soft); font-size: .875rem; }
header ul { margin: 0; padding: 0; list-style: none; display: flex; flex-wrap: wrap; gap: 2px 20px; color: var(--soft); font-size: .875rem; }
.banner { margin: 0 0 16px; padding: 10px 14px; border: 1px solid var(--bad); border-radius: 8px; color: var(--bad); font-weight: 600; }
.sign { flex: none; font-weight: 700; }
.ok > h1 .sign, .ok > .sign, .pill.ok { color: var(--ok); }
.bad > h1 .sign, .bad > .sign, .pill.bad, p.bad { color: var(--bad); }
.warn > h1 .sign, .warn > .sign, .pill.warn { color: var(--warn); }
.unseen > .sign, .pill.plain { color: var(--soft); }
main > section { margin: 20px 0; padding: 20px 22px; background: var(--card); border: 1px solid var(--line); border-radius: 12px; }
main > section.error { border-left: 4px solid var(--bad); }
.scroll { overflow-x: auto; background: linear-gradient(90deg, var(--card) 30%, transparent) 0 / 40px 100% no-repeat local, linear-gradient(270deg, var(--card) 30%, transparent) 100% / 40px 100% no-repeat local, linear-gradient(90deg, var(--line), transparent) 0 / 14px 100% no-repeat, linear-gradient(270deg, var(--line), transparent) 100% / 14px 100% no-repeat; }
.swipe { display: none; }
code, pre { font: .8125rem/1.6 var(--mono); }
pre { margin: 0 0 8px; padding: 10px 12px; max-height: 32rem; overflow: auto; background: var(--inset); border: 1px solid var(--line); border-radius: 8px; }
pre code { white-space: pre-wrap; overflow-wrap: anywhere; }
table { width: 100%; border-collapse: collapse; }
tr + tr { border-top: 1px solid var(--line); }
th { width: 13rem; padding: 4px 16px 4px 0; text-align: left; vertical-align: top; font-weight: 400; color: var(--soft); overflow-wrap: anywhere; }
td { padding: 4px 0; vertical-align: top; overflow-wrap: anywhere; }
td code { white-space: pre-wrap; }
td small { display: inline-block; margin-left: 12px; color: var(--soft); }
details { border: 1px solid var(--line); border-radius: 8px; margin: 8px 0; }
summary { display: flex; gap: 12px; align-items: baseline; padding: 9px 14px; cursor: pointer; border-radius: 8px; list-style: none; }
summary::-webkit-details-marker { display: none; }
summary::after { content: "+"; flex: none; width: 1ch; color: var(--soft); font-family: var(--mono); }
details[open] > summary::after { content: "−"; }
details[open] > summary { border-bottom: 1px solid var(--line); border-radius: 8px 8px 0 0; background: var(--inset); }
summary:focus-visible, a:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.number { flex: none; min-width: 1.5em; text-align: right; color: var(--soft); font-variant-numeric: tabular-nums; }
.name { flex: 0 1 auto; min-width: 0; font-weight: 600; overflow-wrap: anywhere; }
.what { flex: 1; min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; color: var(--soft); }
.pill { flex: none; font-size: .8125rem; font-weight: 600; font-variant-numeric: tabular-nums; }
.content { padding: 14px 16px; scroll-margin-top: 60px; }
.content > section + section { margin-top: 18px; padding-top: 14px; border-top: 1px dashed var(--line); }
.checks { margin: 0; padding: 0; list-style: none; }
.checks li { display: flex; gap: 12px; padding: 8px 0; }
.checks li + li { border-top: 1px solid var(--line); }
.checks li > div { flex: 1; min-width: 0; }
.checks p { margin: 0; color: var(--soft); }
small { font-size: .8125rem; color: var(--soft); }
.times { display: block; width: 100%; height: 10px; border-radius: 5px; }
.legend { display: flex; flex-wrap: wrap; gap: 2px 18px; margin: 6px 0 10px; padding: 0; list-style: none; color: var(--soft); font-size: .8125rem; }
.legend li::before { content: ""; display: inline-block; width: 10px; height: 10px; margin-right: 6px; border-radius: 2px; background: var(--part); }
rect.dns { fill: var(--dns); } rect.connect { fill: var(--connect); } rect.tls { fill: var(--tls); }
rect.other { fill: var(--other); } rect.wait { fill: var(--wait); } rect.receive { fill: var(--receive); }
li.dns { --part: var(--dns); } li.connect { --part: var(--connect); } li.tls { --part: var(--tls); }
li.other { --part: var(--other); } li.wait { --part: var(--wait); } li.receive { --part: var(--receive); }
.diagram { display: block; max-width: 100%; height: auto; min-width: 28rem; margin: 0 auto; font: 13px var(--sans); }
.diagram.lanes-3 { min-width: 42rem; } .diagram.lanes-4 { min-width: 54rem; }
.scroll:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.diagram text { fill: var(--ink); }
.diagram .life { stroke: var(--line); stroke-width: 1.5; }
.diagram .head rect { fill: var(--inset); stroke: var(--line); stroke-width: 1.5; }
.diagram .head text { font-weight: 600; }
.diagram .head.client rect { stroke: var(--accent); }
.message { --tone: var(--ink); } .message.ok, marker.ok { --tone: var(--ok); } .message.warn, marker.warn { --tone: var(--warn); }
.message.bad, marker.bad { --tone: var(--bad); } .message.unseen, marker.unseen { --tone: var(--unseen); } marker.plain { --tone: var(--ink); }
.message .arrow { stroke: var(--tone); stroke-width: 1.5; }
.message .dashed { stroke-dasharray: 5 4; }
marker path { fill: var(--tone); }
.reach { fill: transparent; }
.diagram .message text { paint-order: stroke; stroke: var(--card); stroke-width: 5px; stroke-linejoin: round; }
.diagram .label { font-weight: 600; fill: var(--tone); }
.diagram .detail { font-size: 12px; fill: var(--soft); }
.diagram a:hover .label { text-decoration: underline; }
.note rect { fill: var(--inset); stroke: var(--line); }
.note text { font-size: 12px; }
.note.ok rect { stroke: var(--ok); } .note.warn rect { stroke: var(--warn); } .note.bad rect { stroke: var(--bad); }
.note.unseen rect { stroke-dasharray: 4 3; } .diagram .note.unseen text { fill: var(--unseen); }
footer { padding-bottom: 32px; color: var(--soft); font-size: .8125rem; }
@media (max-width: 44rem) {
  .swipe { display: inline; }
  header, main, footer { padding-left: 12px; padding-right: 12px; }
  main > section { padding: 16px 14px; }
  summary { display: grid; grid-template-columns: auto 1fr auto; gap: 2px 10px; }
  summary::after { grid-area: 1 / 3; }
  .number, .sign.pill { grid-area: 1 / 1; }
  .name { grid-area: 1 / 2; }
  .pill:not(.sign) { grid-area: 2 / 2 / auto / 4; }
  .what { grid-area: 3 / 2 / auto / 4; }
  th, td { display: block; width: auto; padding: 2px 0; }
  td small { display: block; margin-left: 0; }
}
@page { margin: 14mm; }
@media print {
  :root { font-size: 12px; --page: #fff; --card: #fff; --line: #ccc; --ink: #000; --soft: #444; --inset: #f7f7f7; --ok: #1a7f37; --bad: #b3261e; --warn: #8a5a00; --accent: #2459b5; --unseen: #666; }
  body { font-size: 1rem; }
  header, main, footer { max-width: none; padding: 0; }
  main > section { padding: 0 0 12px; border: 0; border-top: 1px solid var(--line); border-radius: 0; padding-top: 12px; margin: 12px 0; }
  .scroll { overflow: visible; background: none; } .swipe { display: none; }
  .diagram, .diagram[class] { min-width: 0; }
  details::details-content { content-visibility: visible; display: block; }
  summary::after { content: none !important; }
  pre { max-height: none; overflow: visible; }
  .diagram, .checks li, tr { break-inside: avoid; }
  h2, h3, h4, summary { break-after: avoid; }
}
@media (forced-colors: active) { .arrow, .life { stroke: CanvasText; } }
`;
