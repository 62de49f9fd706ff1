import type { ListenerPages } from '../context.ts';
import { fragmentMediaType } from '../protocol/redirect-uri.ts';
import { type PageMessage, renderDocument, renderMessage } from './callback-page-document.ts';

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
