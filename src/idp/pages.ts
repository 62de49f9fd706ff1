import { createHash } from 'node:crypto';
import type { InteractionDetails, ProviderContext } from 'oidc-provider';
import { ownMember } from '../json/json.ts';
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
.users{flex-direction:column}
button{flex:1;padding:11px 14px;border:1px solid var(--line);border-radius:8px;background:transparent;color:var(--text);
font:inherit;font-weight:600;cursor:pointer}
button.main{border-color:var(--accent);background:var(--accent);color:var(--on-accent)}
button:focus-visible,input:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
.alert{padding:10px 12px;border-radius:8px;background:var(--alert-back);color:var(--alert);font-size:14.5px}
.hint{margin:16px 0 10px;font-size:13.5px}
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
function renderPage(title: string, content: string): string {
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

const scopeMeanings: Readonly<Record<string, string>> = {
  openid: 'know who you are',
  profile: 'see your name and profile',
  email: 'see your e-mail address',
  address: 'see your postal address',
  phone: 'see your phone number',
  offline_access: 'stay signed in while you are away (refresh token)',
  'api:read': 'read from the demo API',
  'api:write': 'write to the demo API',
};

/** The page that asks who the person is: a button for each user, or a name and any password. */
export function renderLoginPage(
  clientName: string,
  userNames: readonly string[],
  proposedUser: string,
  problem?: string,
): string {
  const users = [...new Set([proposedUser, ...userNames])]
    .filter((name) => name !== '')
    .slice(0, mostButtons);
  const buttons = users.map(
    (name, index) =>
      `<button${index === 0 ? ' class="main" autofocus' : ''} name="action" value="login ${escapeMarkup(name)}">Sign in as ${escapeMarkup(name)}</button>`,
  );
  return renderPage(
    'Sign in',
    `<p>to continue to <strong>${escapeMarkup(clientName)}</strong></p>
${problem === undefined ? '' : alertOf(problem)}
<form method="post"><div class="buttons users">
${buttons.join('\n')}
</div></form>
<form method="post" autocomplete="off">
<p class="hint">Or by name; any password is right.</p>
<label>User<input name="username" type="text" value="${escapeMarkup(proposedUser)}" required autocomplete="username" autocapitalize="none" spellcheck="false"></label>
<label>Password<input name="password" type="password" autocomplete="current-password" required></label>
<div class="buttons">
<button name="action" value="login">Sign in</button>
<button name="action" value="cancel" formnovalidate>Cancel</button>
</div>
</form>`,
  );
}

/** An options file may make more users than fit on a page. */
const mostButtons = 8;

/** The page that asks the person whether the client may have what it wants. */
export function renderConsentPage(
  clientName: string,
  { session, params, prompt: { details } }: InteractionDetails,
): string {
  const redirectUri = textOf(params.redirect_uri);
  const scopes = (textOf(params.scope) ?? '').split(' ').filter((scope) => scope !== '');
  const items = [
    ...scopes.map((scope) => item(scope, ownMember(scopeMeanings, scope) ?? '')),
    ...(details.missingOIDCClaims ?? []).map((claim) => item(claim, 'this claim by itself')),
    ...Object.entries(details.missingResourceScopes ?? {}).map(([resource, scopes]) =>
      item(resource, `use it: ${scopes.join(' ')}`),
    ),
    ...(details.rar ?? []).map(
      (detail) =>
        `<li><strong>authorization_details</strong><pre>${escapeMarkup(JSON.stringify(detail, null, 2))}</pre></li>`,
    ),
  ];
  const destination =
    redirectUri === undefined
      ? ''
      : `<p class="hint">The answer goes to <code>${escapeMarkup(redirectUri)}</code></p>`;
  return renderPage(
    'Allow access?',
    `<p><strong>${escapeMarkup(clientName)}</strong> asks <strong>${escapeMarkup(session?.accountId ?? '')}</strong> to let it:</p>
<ul>
${items.length === 0 ? item('nothing new', 'confirm what was allowed before') : items.join('\n')}
</ul>
<form method="post">
<div class="buttons">
<button class="main" name="action" value="allow">Allow</button>
<button name="action" value="deny">Deny</button>
</div>
</form>
${destination}`,
  );
}

/** The page for a request that cannot be answered to the client, with the reason only the server knows. */
export function renderErrorPage(error: string, description: string | undefined, reason?: string): string {
  return renderPage(
    error === 'invalid_client' ? 'Unknown client' : 'This request cannot be answered',
    `<p class="alert"><strong>${escapeMarkup(error)}</strong></p>
<p>${escapeMarkup(description ?? 'The server gave no description.')}</p>
${reason === undefined ? '' : `<p>Reason: <strong>${escapeMarkup(reason)}</strong></p>`}
<p class="hint">The client was not told. Start again from the client.</p>`,
  );
}

/** A parameter that is a text. */
export const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

const alertOf = (text: string) => `<p class="alert" role="alert">${escapeMarkup(text)}</p>`;

const item = (name: string, meaning: string) =>
  `<li><strong>${escapeMarkup(name)}</strong>${escapeMarkup(meaning)}</li>`;

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
  send(context, renderErrorPage(error, error_description, cause?.error_detail));
}

/** The pages of the device flow (RFC 8628 §3.3), for oidc-provider's `features.deviceFlow`. */
export const deviceFlowPages = {
  userCodeInputSource(
    context: ProviderContext,
    form: string,
    _out?: ErrorBody,
    error?: Error & { userCode?: string },
  ) {
    const problem = error === undefined ? '' : alertOf(deviceProblem(error));
    const withoutScript = form.replace(/ onfocus="[^"]*"/, '');
    show(
      context,
      'Connect a device',
      `<p>Enter the code your device shows.</p>${problem}${withoutScript}
<div class="buttons"><button class="main" form="op.deviceInputForm">Continue</button></div>`,
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
      'Is this your device?',
      `<p><strong>${clientName(context)}</strong> should show this code:</p><code class="code">${escapeMarkup(userCode)}</code>${form}
<div class="buttons"><button class="main" form="op.deviceConfirmForm">Continue</button>
<button form="op.deviceConfirmForm" name="abort" value="yes">Cancel</button></div>`,
    );
  },
  successSource(context: ProviderContext) {
    show(context, 'Device connected', '<p>You can close this page and return to your device.</p>');
  },
};

/** The pages of RP-initiated logout (OpenID Connect RP-Initiated Logout 1.0 §2), for `features.rpInitiatedLogout`. */
export const logoutPages = {
  logoutSource(context: ProviderContext, form: string) {
    show(
      context,
      'Sign out?',
      `<p><strong>${clientName(context)}</strong> asks to sign you out of this server.</p>${form}
<div class="buttons"><button class="main" form="op.logoutForm" name="logout" value="yes">Sign out</button>
<button form="op.logoutForm">Stay signed in</button></div>`,
    );
  },
  postLogoutSuccessSource(context: ProviderContext) {
    show(context, 'Signed out', '<p>You can close this page.</p>');
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

const show = (context: ProviderContext, title: string, content: string) =>
  send(context, renderPage(title, content));

function send(context: ProviderContext, page: string): void {
  context.set(pageHeaders);
  context.body = page;
}
