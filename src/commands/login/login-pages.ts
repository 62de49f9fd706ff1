import type { Context } from '../../context.ts';
import { ErrorResponseError, NamedError, ValidationError } from '../../errors.ts';
import type { LoginPages } from '../../flows/authorization-code.ts';
import { listenerPages, renderIgnoredPage, renderOutcomePage } from '../../output/callback-page.ts';

/** The pages that the user's browser is shown: how the login ended, without a token. */
export function createLoginPages(
  redact: (text: string) => string,
  context: Pick<Context, 'now'>,
): LoginPages {
  return {
    listener: listenerPages(),
    ignored: renderIgnoredPage,
    async success(result) {
      const { successFacts } = await import('./success-facts.ts');
      return renderOutcomePage({
        outcome: 'success',
        title: 'Signed in',
        lines: ['oauth-code has received the tokens. You can close this window and go back to the terminal.'],
        facts: successFacts(result, context).map(([name, value]) => [name, redact(value)] as const),
      });
    },
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
