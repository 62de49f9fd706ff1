import type { ListenerPages } from '../context.ts';
import { escapeHtml } from '../protocol/markup.ts';
import { fragmentMediaType } from '../protocol/redirect-uri.ts';
import { renderHtmlDocument } from './html-document.ts';

/** The final outcome of a login, as its page tells it. Holds no token: all of it is shown. */
interface OutcomePage extends Omit<PageMessage, 'mark'> {
  readonly outcome: 'success' | 'failure';
}

/** Renders the page the browser shows when everything is over. */
export function renderOutcomePage({ outcome, ...message }: OutcomePage): string {
  return renderDocument(message.title, renderMessage({ mark: outcome, ...message }));
}

/** Renders the page for a callback that is not the answer to this login; `reason` is one sentence. */
export function renderIgnoredPage(reason: string): string {
  return notice(
    'This is not the answer to the current login',
    [reason, 'oauth-code has ignored it and is still waiting for the right one.'],
    'This page most likely belongs to an earlier attempt or another tab: close it, and finish the sign-in in the newest window or open the address shown in the terminal.',
  );
}

/** The pages for everything that reaches the listener and is not the one answer, made when one is asked for. */
export function listenerPages(): ListenerPages {
  return {
    get relay() {
      return renderRelayPage();
    },
    get notFound() {
      return notice(...notices.notFound);
    },
    get alreadyAnswered() {
      return notice(...notices.alreadyAnswered);
    },
    get refused() {
      return notice(...notices.refused);
    },
  };
}

type Notice = readonly [title: string, line: string | readonly string[], hint: string];

const notices = {
  notFound: [
    'There is nothing at this address',
    'oauth-code is waiting for the answer of an authorization server, but at another path than this one.',
    'If the authorization server sent you here, it redirected to another address than it was asked to: compare the redirect URI registered there with the one shown in the terminal, letter by letter.',
  ],
  alreadyAnswered: [
    'This login has already been answered',
    'oauth-code takes exactly one answer for each login, and has it. Loading this page again changes nothing.',
    'The result is in the terminal. If it is not the one you wanted, start the login again.',
  ],
  refused: [
    'oauth-code refused this request',
    'It was addressed to another host name than the one this login uses, or sent in a form that no authorization response has. It changed nothing, and oauth-code is still waiting.',
    'Open the address exactly as the terminal shows it. Behind a proxy, let it pass the Host header on unchanged.',
  ],
} as const satisfies Readonly<Record<string, Notice>>;

function notice(...[title, line, hint]: Notice): string {
  return renderDocument(title, renderMessage({ mark: 'notice', title, lines: [line].flat(), hint }));
}

/**
 * Runs in the browser: posts what stands behind `#` to the address the page came from and shows the page that comes
 * back. That page is parsed without running a script; the address bar loses the answer once it was handed over.
 */
const script = `
(() => {
  const show = (state) => {
    for (const part of document.querySelectorAll('main')) part.hidden = part.id !== state;
  };
  const here = location.href.split('#', 1)[0];
  const fragment = location.href.slice(here.length + 1);
  if (fragment === '') return;
  show('busy');
  fetch(here, { method: 'POST',
    headers: { 'Content-Type': '${fragmentMediaType}' },
    body: fragment,
    cache: 'no-store',
    redirect: 'error',
  })
    .then((response) => response.text())
    .then((text) => {
      const page = new DOMParser().parseFromString(text, 'text/html');
      history.replaceState(null, '', here);
      document.replaceChild(document.adoptNode(page.documentElement), document.documentElement);
    })
    .catch(() => show('lost'));
})();
`;

/**
 * The page for a request to the redirect URI that carries no answer: it may stand behind `#`, which browsers keep
 * to themselves (OAuth 2.0 Multiple Response Types §2.1). Without a script it says what to do by hand.
 */
function renderRelayPage(): string {
  const nothing = renderMessage(
    {
      mark: 'notice',
      title: 'No answer arrived with this request',
      lines: [
        'The address was opened without an authorization response: no code, no token, no error. oauth-code is still waiting for one.',
      ],
      hint: 'Finish the sign-in in the window it started in, or open the address shown in the terminal again. If the address bar holds something after a # sign, copy the whole address and paste it into the terminal.',
    },
    ' id="nothing"',
  );
  const busy = renderMessage(
    {
      mark: 'busy',
      title: 'Handing the answer over',
      lines: ['oauth-code has the answer and is checking it. The result appears here and in the terminal.'],
    },
    ' id="busy" hidden',
  );
  const lost = renderMessage(
    {
      mark: 'failure',
      title: 'The answer could not be handed over',
      lines: [
        'oauth-code did not reply: it may have ended, or given up waiting. Nothing was sent anywhere else.',
      ],
      hint: 'If oauth-code is still waiting in the terminal, copy the whole address from the address bar and paste it there. Otherwise start the login again.',
    },
    ' id="lost" hidden',
  );
  return renderDocument('Sign-in', [nothing, busy, lost].join('\n'), script);
}

/** The status sign of a page: tells the outcome by shape, colour and a word for screen readers. */
type PageMark = 'success' | 'failure' | 'notice' | 'busy';

/** One message with its sign, the whole content of most pages. */
interface PageMessage {
  readonly mark: PageMark;
  readonly title: string;
  /** Paragraphs. */
  readonly lines: readonly string[];
  readonly facts?: readonly (readonly [name: string, value: string])[];
  /** The next step for the user. */
  readonly hint?: string | undefined;
}

/** Text from elsewhere beyond this many characters is cut; the terminal has it whole. */
const longestText = 1000;

const marks: Readonly<Record<PageMark, { readonly label: string; readonly path: string }>> = {
  success: { label: 'Success', path: 'M12.5 20.5l5 5 10-11' },
  failure: { label: 'Failed', path: 'M14 14l12 12M26 14L14 26' },
  notice: { label: 'Notice', path: 'M20 12.5v9.5M20 27.4v.1' },
  busy: { label: 'Working', path: 'M20 11a9 9 0 0 1 9 9' },
};

/** Renders a message as a `main` element; all of its text is escaped. */
function renderMessage(message: PageMessage, attributes = ''): string {
  const { mark, title, lines, facts = [], hint } = message;
  const list = facts
    .map(([name, value]) => `<dt>${shown(name)}</dt><dd dir="auto">${shown(value)}</dd>`)
    .join('\n');
  return [
    `<main class="${mark === 'busy' ? 'notice' : mark}"${attributes}>`,
    `<header>${renderMark(mark)}<h1 dir="auto">${shown(title)}</h1></header>`,
    ...lines.map((line) => `<p dir="auto">${shown(line)}</p>`),
    list === '' ? '' : `<dl>\n${list}\n</dl>`,
    hint === undefined ? '' : `<aside><strong>What to do</strong><p dir="auto">${shown(hint)}</p></aside>`,
    '</main>',
  ]
    .filter((part) => part !== '')
    .join('\n');
}

/** Puts a page together; `content` is HTML. */
function renderDocument(title: string, content: string, script?: string): string {
  const body = `${content}
<footer>This page comes from <b>oauth-code</b> in your terminal, not from the authorization server.</footer>`;
  return renderHtmlDocument({ title: shown(title), style: callbackPageStyle, body }, script);
}

function renderMark(mark: PageMark): string {
  const { label, path } = marks[mark];
  const turning = mark === 'busy' ? ' turning' : '';
  return `<svg class="mark${turning}" viewBox="0 0 40 40" role="img" aria-label="${label}"><circle cx="20" cy="20" r="18"/><path d="${path}"/></svg>`;
}

function shown(text: string): string {
  const characters = [...text];
  if (characters.length <= longestText) return escapeHtml(text);
  const rest = characters.length - longestText;
  return `${escapeHtml(characters.slice(0, longestText).join(''))}… (${rest} more characters)`;
}

/** The one style sheet of every page in the browser; its hash stands in their policy, so each octet counts. */
const callbackPageStyle = `
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
body { margin: 0; min-height: 100vh; min-height: 100svh; padding: 24px 16px;
  display: flex; flex-direction: column; align-items: center; justify-content: center;
  background: var(--page); color: var(--ink); font: 16px/1.55 var(--sans);
  -webkit-text-size-adjust: 100%; text-size-adjust: 100%;
}
main { width: 100%; max-width: 34rem; padding: 32px; overflow-wrap: anywhere;
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
dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 7px 18px;
  margin: 18px 0 0; padding: 16px 0 0; border-top: 1px solid var(--line); font-size: .9375rem;
}
dt { color: var(--soft); }
dd { margin: 0; min-width: 0; font: .875rem/1.65 var(--mono); white-space: pre-wrap; }
aside { margin: 20px 0 0; padding: 12px 16px; background: var(--inset); border-radius: 8px;
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
