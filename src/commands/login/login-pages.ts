import { ErrorResponseError, NamedError, ValidationError } from '../../errors.ts';
import type { LoginPages } from '../../flows/authorization-code.ts';
import type { LoginResult } from '../../flows/complete-login.ts';
import { listenerPages, renderIgnoredPage, renderOutcomePage } from '../../output/callback-page.ts';
import { summarizeChecks } from '../../output/render-checks.ts';

/** The pages that the user's browser is shown: how the login ended, without a token. */
export function createLoginPages(redact: (text: string) => string): LoginPages {
  return {
    listener: listenerPages(),
    ignored: renderIgnoredPage,
    success: (result) =>
      renderOutcomePage({
        outcome: 'success',
        title: 'Signed in',
        lines: ['oauth-code has received the tokens. You can close this window and go back to the terminal.'],
        facts: successFacts(result),
      }),
    failure(error) {
      const named = error instanceof NamedError ? error : undefined;
      return renderOutcomePage({
        outcome: 'failure',
        title: 'The login failed',
        lines: [redact(named?.message ?? 'Something went wrong in oauth-code.'), 'The terminal says more.'],
        facts: failureFacts(named).map(([name, value]) => [name, redact(value)] as const),
        hint: named?.hint === undefined ? undefined : redact(named.hint),
      });
    },
  };
}

function successFacts(result: LoginResult): readonly (readonly [string, string])[] {
  const subject = result.userinfo?.sub;
  return [
    ...(result.issuer === null ? [] : [['Issuer', result.issuer] as const]),
    ['Client', result.clientId],
    ...(typeof subject === 'string' ? [['Subject', subject] as const] : []),
    ['Scope', (result.tokens.reading.scope ?? result.requestedScope).join(' ') || 'none'],
    ['Checks', summarizeChecks(result.checks)],
  ];
}

function failureFacts(error: NamedError | undefined): readonly (readonly [string, string])[] {
  if (error instanceof ValidationError) return [['Check', error.check]];
  if (!(error instanceof ErrorResponseError)) return [];
  const { oauth } = error;
  const facts = [
    ['Error', oauth.error],
    ['Description', oauth.error_description],
    ['More', oauth.error_uri],
  ] as const;
  return facts.flatMap(([name, value]) => (value === null ? [] : [[name, value] as const]));
}
