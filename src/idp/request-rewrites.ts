import type { Provider, ProviderContext } from 'oidc-provider';
import { readFormBody } from './interactions.ts';

const formLimitBytes = 56 * 1024;

/**
 * Lets two kinds of request through that oidc-provider would turn down, by rewriting them before it reads them:
 *
 * - `offline_access` without `prompt=consent` is dropped by the library without a word. The consent page of this server
 *   is always shown for it, which is the condition OpenID Connect Core 1.0 §11 makes; so the prompt is added.
 * - Introspection and revocation of a JWT access token are refused by the library, since its own JWT tokens are not
 *   stored. Those of this server are, so the JWT is replaced by its handle.
 */
export function rewriteRequests(
  provider: Provider,
  handleOf: (accessToken: string) => Promise<string | undefined>,
): void {
  const authorization = provider.pathFor('authorization');
  const rewriteAt = new Map<string, (form: URLSearchParams) => Promise<void>>();
  for (const [route, rewrite] of [
    ['pushed_authorization_request', async (form: URLSearchParams) => addConsent(form)],
    ['introspection', (form: URLSearchParams) => replaceToken(form, handleOf)],
    ['revocation', (form: URLSearchParams) => replaceToken(form, handleOf)],
  ] as const) {
    try {
      rewriteAt.set(provider.pathFor(route), rewrite);
    } catch {} // A route that the options file has disabled has no path.
  }

  provider.use(async (context, next) => {
    if (context.method === 'GET' && context.path === authorization) rewriteQuery(context);
    const rewrite = context.method === 'POST' ? rewriteAt.get(context.path) : undefined;
    if (rewrite === undefined || !isForm(context)) return next();
    const body = await readFormBody(context.req, formLimitBytes);
    if (body === undefined) {
      context.status = 413;
      return;
    }
    const form = new URLSearchParams(body);
    await rewrite(form);
    context.request.body = form.toString();
    return next();
  });
}

const isForm = ({ req }: ProviderContext) =>
  /^application\/x-www-form-urlencoded\b/i.test(req.headers['content-type'] ?? '');

function rewriteQuery(context: ProviderContext): void {
  const { scope, prompt } = context.query;
  if (typeof scope !== 'string' || Array.isArray(prompt)) return;
  const wanted = promptWithConsent(scope, prompt);
  if (wanted !== prompt) context.query = { ...context.query, prompt: wanted };
}

function addConsent(form: URLSearchParams): void {
  const prompt = form.get('prompt') ?? undefined;
  const wanted = promptWithConsent(form.get('scope') ?? '', prompt);
  if (wanted !== undefined && wanted !== prompt) form.set('prompt', wanted);
}

function promptWithConsent(scope: string, prompt: string | undefined): string | undefined {
  const prompts = (prompt ?? '').split(' ').filter((value) => value !== '');
  if (
    !scope.split(' ').includes('offline_access') ||
    prompts.includes('none') ||
    prompts.includes('consent')
  ) {
    return prompt;
  }
  return [...prompts, 'consent'].join(' ');
}

async function replaceToken(
  form: URLSearchParams,
  handleOf: (accessToken: string) => Promise<string | undefined>,
): Promise<void> {
  const token = form.get('token');
  if (token === null || form.getAll('token').length !== 1) return;
  const handle = await handleOf(token);
  if (handle !== undefined) form.set('token', handle);
}
