import type { InteractionDetails } from 'oidc-provider';
import { ownMember } from '../json/own-member.ts';
import { escapeMarkup } from '../protocol/markup.ts';
import { renderPage } from './page-layout.ts';

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

/** The page that asks who the person is; any password does. */
export function renderLoginPage(page: {
  readonly clientName: string;
  readonly userNames: readonly string[];
  readonly proposedUser: string;
  readonly problem?: string;
}): string {
  const users = page.userNames.map((name) => `<code>${escapeMarkup(name)}</code>`).join(' or ');
  const problem =
    page.problem === undefined ? '' : `<p class="alert" role="alert">${escapeMarkup(page.problem)}</p>`;
  return renderPage(
    'Sign in',
    `<p>to continue to <strong>${escapeMarkup(page.clientName)}</strong></p>
${problem}
<form method="post" autocomplete="off">
<label>User<input name="username" type="text" value="${escapeMarkup(page.proposedUser)}" required autofocus autocomplete="username" autocapitalize="none" spellcheck="false"></label>
<label>Password<input name="password" type="password" autocomplete="current-password" required></label>
<div class="buttons">
<button class="main" name="action" value="login">Sign in</button>
<button name="action" value="cancel" formnovalidate>Cancel</button>
</div>
</form>
<p class="hint">Users: ${users}. Any password is right.</p>`,
  );
}

/** The page that asks the person whether the client may have what it wants. */
export function renderConsentPage(page: {
  readonly clientName: string;
  readonly userName: string;
  readonly redirectUri: string | undefined;
  readonly scopes: readonly string[];
  readonly details: InteractionDetails['prompt']['details'];
}): string {
  const items = [
    ...page.scopes.map((scope) => item(scope, ownMember(scopeMeanings, scope) ?? '')),
    ...(page.details.missingOIDCClaims ?? []).map((claim) => item(claim, 'this claim by itself')),
    ...Object.entries(page.details.missingResourceScopes ?? {}).map(([resource, scopes]) =>
      item(resource, `use it: ${scopes.join(' ')}`),
    ),
    ...(page.details.rar ?? []).map(
      (detail) =>
        `<li><strong>authorization_details</strong><pre>${escapeMarkup(JSON.stringify(detail, null, 2))}</pre></li>`,
    ),
  ];
  const destination =
    page.redirectUri === undefined
      ? ''
      : `<p class="hint">The answer goes to <code>${escapeMarkup(page.redirectUri)}</code></p>`;
  return renderPage(
    'Allow access?',
    `<p><strong>${escapeMarkup(page.clientName)}</strong> asks <strong>${escapeMarkup(page.userName)}</strong> to let it:</p>
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
    'This does not work',
    `<p class="alert"><strong>${escapeMarkup(error)}</strong></p>
<p>${escapeMarkup(description ?? 'The server gave no description.')}</p>
${reason === undefined ? '' : `<p>Reason: <strong>${escapeMarkup(reason)}</strong></p>`}
<p class="hint">The client was not told. Start again from the client.</p>`,
  );
}

const item = (name: string, meaning: string) =>
  `<li><strong>${escapeMarkup(name)}</strong>${escapeMarkup(meaning)}</li>`;
