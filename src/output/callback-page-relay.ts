import { fragmentMediaType } from '../protocol/fragment-relay.ts';
import { renderDocument, renderMessage } from './callback-page-document.ts';

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
  fetch(here, {
    method: 'POST',
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
export function renderRelayPage(): string {
  const parts = [
    renderMessage(
      {
        mark: 'notice',
        title: 'No answer arrived with this request',
        lines: [
          'The address was opened without an authorization response: no code, no token, no error. oauth-code is still waiting for one.',
        ],
        hint: 'Finish the sign-in in the window it started in, or open the address shown in the terminal again. If the address bar holds something after a # sign, copy the whole address and paste it into the terminal.',
      },
      ' id="nothing"',
    ),
    renderMessage(
      {
        mark: 'busy',
        title: 'Handing the answer over',
        lines: ['oauth-code has the answer and is checking it. The result appears here and in the terminal.'],
      },
      ' id="busy" hidden',
    ),
    renderMessage(
      {
        mark: 'failure',
        title: 'The answer could not be handed over',
        lines: [
          'oauth-code did not reply: it may have ended, or given up waiting. Nothing was sent anywhere else.',
        ],
        hint: 'If oauth-code is still waiting in the terminal, copy the whole address from the address bar and paste it there. Otherwise start the login again.',
      },
      ' id="lost" hidden',
    ),
  ];
  return renderDocument('Sign-in', parts.join('\n'), script);
}
