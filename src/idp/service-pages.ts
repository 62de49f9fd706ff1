import type { ProviderContext } from 'oidc-provider';
import { escapeMarkup } from '../protocol/markup.ts';
import { renderErrorPage } from './interaction-pages.ts';
import { pageHeaders, renderPage } from './page-layout.ts';

/** An OAuth error as oidc-provider is about to answer it. */
interface ErrorBody {
  readonly error: string;
  readonly error_description?: string;
}

/** Shows an error that cannot be sent to the client, with what the server knows of it, for `renderError`. */
export function showError(
  context: ProviderContext,
  { error, error_description }: ErrorBody,
  cause?: Error & { error_detail?: string },
): void {
  show(context, renderErrorPage(error, error_description, cause?.error_detail));
}

/** The pages of the device flow (RFC 8628 §3.3), for oidc-provider's `features.deviceFlow`. */
export const deviceFlowPages = {
  userCodeInputSource(
    context: ProviderContext,
    form: string,
    _out?: ErrorBody,
    error?: Error & { userCode?: string },
  ) {
    const problem = error === undefined ? '' : `<p class="alert" role="alert">${deviceProblem(error)}</p>`;
    const withoutScript = form.replace(/ onfocus="[^"]*"/, '');
    show(
      context,
      renderPage(
        'Connect a device',
        `<p>Enter the code your device shows.</p>${problem}${withoutScript}
<div class="buttons"><button class="main" form="op.deviceInputForm">Continue</button></div>`,
      ),
    );
  },
  userCodeConfirmSource(
    context: ProviderContext,
    form: string,
    _client: unknown,
    _device: unknown,
    userCode: string,
  ) {
    show(
      context,
      renderPage(
        'Is this your device?',
        `<p><strong>${clientName(context)}</strong> should show this code:</p><code class="code">${escapeMarkup(userCode)}</code>${form}
<div class="buttons"><button class="main" form="op.deviceConfirmForm">Continue</button>
<button form="op.deviceConfirmForm" name="abort" value="yes">Cancel</button></div>`,
      ),
    );
  },
  successSource(context: ProviderContext) {
    show(
      context,
      renderPage('Device connected', '<p>You can close this page and return to your device.</p>'),
    );
  },
};

/** The pages of RP-initiated logout (OpenID Connect RP-Initiated Logout 1.0 §2), for `features.rpInitiatedLogout`. */
export const logoutPages = {
  logoutSource(context: ProviderContext, form: string) {
    show(
      context,
      renderPage(
        'Sign out?',
        `<p><strong>${clientName(context)}</strong> asks to sign you out of this server.</p>${form}
<div class="buttons"><button class="main" form="op.logoutForm" name="logout" value="yes">Sign out</button>
<button form="op.logoutForm">Stay signed in</button></div>`,
      ),
    );
  },
  postLogoutSuccessSource(context: ProviderContext) {
    show(context, renderPage('Signed out', '<p>You can close this page.</p>'));
  },
};

function deviceProblem(error: Error & { userCode?: string }): string {
  if (error.name === 'AbortedError') return 'The request was cancelled.';
  return error.userCode !== undefined || error.name === 'NoCodeError'
    ? 'That code is not right. Try again.'
    : 'The request could not be processed.';
}

function clientName(context: ProviderContext): string {
  const client = context.oidc.client;
  return escapeMarkup(client?.clientName ?? client?.clientId ?? 'A client');
}

function show(context: ProviderContext, page: string): void {
  context.set(pageHeaders);
  context.body = page;
}
