import type { Provider, ProviderContext } from 'oidc-provider';
import { readFormBody } from './interactions.ts';

const formLimitBytes = 56 * 1024;

/**
 * Changes two kinds of requests before oidc-provider reads them:
 *
 * - `offline_access` without `prompt=consent` is dropped by the library without a word. The consent page of this server
 *   is always shown for it, which is the condition OpenID Connect Core 1.0 §11 makes; so the prompt is added
 *   to what the library reads, wherever it stood: in the URL, in a pushed request or in a request object.
 * - Introspection and revocation of a JWT access token are refused by the library, since its own JWT tokens are not
 *   stored. Those of this server are, so the JWT is replaced by its handle.
 */
export function rewriteRequests(
  provider: Provider,
  handleOf: (accessToken: string) => Promise<string | undefined>,
): void {
  askForConsent(provider);
  const paths = new Set<string>();
  for (const route of ['introspection', 'revocation']) {
    try {
      paths.add(provider.pathFor(route));
    } catch {} // A route that the options file has disabled has no path.
  }

  provider.use(async (context, next) => {
    if (context.method !== 'POST' || !paths.has(context.path) || !isForm(context)) return next();
    const body = await readFormBody(context.req, formLimitBytes);
    if (body === undefined) {
      context.status = 413;
      return;
    }
    const form = new URLSearchParams(body);
    await replaceToken(form, handleOf);
    context.request.body = form.toString();
    return next();
  });
}

function askForConsent(provider: Provider): void {
  const context = provider.OIDCContext.prototype;
  Object.defineProperty(context, 'prompts', {
    get(this: typeof context) {
      const { scope, prompt } = this.params;
      const prompts = new Set((prompt ?? '').split(' ').filter((value) => value !== ''));
      const isOffline = scope?.split(' ').includes('offline_access') === true;
      return isOffline && !prompts.has('none') ? prompts.add('consent') : prompts;
    },
  });
}

const isForm = ({ req }: ProviderContext) =>
  /^application\/x-www-form-urlencoded\b/i.test(req.headers['content-type'] ?? '');

async function replaceToken(
  form: URLSearchParams,
  handleOf: (accessToken: string) => Promise<string | undefined>,
): Promise<void> {
  const token = form.get('token');
  if (token === null || form.getAll('token').length !== 1) return;
  const handle = await handleOf(token);
  if (handle !== undefined) form.set('token', handle);
}
