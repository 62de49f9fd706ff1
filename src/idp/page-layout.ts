import { createHash } from 'node:crypto';
import { escapeMarkup } from '../protocol/markup.ts';

const style = `
:root{color-scheme:light dark;--page:#eef1f6;--card:#fff;--text:#1c2430;--soft:#5b6676;--line:#d9dfe8;--accent:#2f5bd7;
--on-accent:#fff;--field:#f8fafc;--alert:#b3261e;--alert-back:#fdecea}
@media (prefers-color-scheme:dark){:root{--page:#11151c;--card:#1a202a;--text:#e6eaf0;--soft:#98a3b3;--line:#303947;
--accent:#7ea2ff;--on-accent:#0e1525;--field:#131821;--alert:#ff9d94;--alert-back:#3a1f1e}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:grid;place-items:center;padding:24px 16px;background:var(--page);color:var(--text);
font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
main{width:100%;max-width:420px;background:var(--card);border:1px solid var(--line);border-radius:14px;padding:28px;
overflow-wrap:anywhere;box-shadow:0 8px 30px rgb(0 0 0/.08)}
.tag{display:inline-block;margin:0 0 14px;padding:2px 10px;border:1px solid var(--line);border-radius:99px;
color:var(--soft);font-size:13px}
h1{margin:0 0 6px;font-size:23px;line-height:1.25}
p{margin:0 0 16px;color:var(--soft)}p strong,li strong{color:var(--text)}
label{display:block;margin:0 0 14px;font-size:14px;font-weight:600}
input{display:block;width:100%;margin-top:5px;padding:10px 12px;border:1px solid var(--line);border-radius:8px;
background:var(--field);color:var(--text);font:inherit}
ul{margin:0 0 20px;padding:0;list-style:none;border-top:1px solid var(--line)}
li{padding:9px 0;border-bottom:1px solid var(--line);color:var(--soft);font-size:14.5px}
li strong{display:block;font:600 14px/1.4 ui-monospace,Menlo,Consolas,monospace}
.buttons{display:flex;flex-direction:row-reverse;gap:10px;margin-top:20px}
button{flex:1;padding:11px 14px;border:1px solid var(--line);border-radius:8px;background:transparent;color:var(--text);
font:inherit;font-weight:600;cursor:pointer}
button.main{border-color:var(--accent);background:var(--accent);color:var(--on-accent)}
button:focus-visible,input:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
.alert{padding:10px 12px;border-radius:8px;background:var(--alert-back);color:var(--alert);font-size:14.5px}
.hint{margin:16px 0 0;font-size:13.5px}
code{padding:1px 5px;border-radius:5px;background:var(--field);border:1px solid var(--line);color:var(--text);
font:.92em ui-monospace,Menlo,Consolas,monospace}
.code{display:block;margin:0 0 16px;padding:12px;text-align:center;font-size:26px;letter-spacing:.08em}
pre{margin:4px 0 0;white-space:pre-wrap;font:13px/1.45 ui-monospace,Menlo,Consolas,monospace}
`;

/**
 * The headers of every page. No script runs and nothing is loaded. `form-action` is left out on purpose: browsers hold
 * it against the whole redirect chain after a form, and would stop at a client that redirects onward to its own site.
 * The referrer policy keeps `Origin` on the forms, which is checked, and hides the URL from the client.
 */
export const pageHeaders: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; img-src data:; base-uri 'none'; frame-ancestors 'none'`,
  'cache-control': 'no-store',
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
};

/** Lays out one self-contained page; the title is a text, the content is HTML whose texts are escaped already. */
export function renderPage(title: string, content: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeMarkup(title)}</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
<main>
<p class="tag">oauth-code idp, a server for trying things</p>
<h1>${escapeMarkup(title)}</h1>
${content}
</main>
</body>
</html>
`;
}
