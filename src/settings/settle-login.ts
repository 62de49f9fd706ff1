import { type CheckId, catalogue, isCheckId } from '../checks/catalogue.ts';
import { closestName } from '../closest-name.ts';
import type { Invocation } from '../commands/command.ts';
import { UsageError } from '../errors.ts';
import type { LoginSettings } from '../flows/login-settings.ts';
import { isSecretParameter } from '../output/redact.ts';
import type { PkceMethod } from '../protocol/authorization-request.ts';
import type { OptionReader } from './option-reader.ts';
import { settleClient } from './settle-client.ts';
import { settleOverrides } from './settle-overrides.ts';
import { settleRedirect } from './settle-redirect.ts';
import { settleScope, settleServer } from './settle-server.ts';

/**
 * Settles what `login` is to do from its options and the environment.
 * @throws UsageError, ConfigError naming the option or file that is wrong.
 */
export async function settleLogin(options: OptionReader, invocation: Invocation): Promise<LoginSettings> {
  const { context, journal } = invocation;
  const server = settleServer(options);
  if (server.issuer === undefined && server.metadataUrl === undefined) requireEndpoints(server.given);
  const redirect = await settleRedirect(options, context);
  const acceptsPaste = context.terminal.stdinIsTTY && !options.isOn('no-input');
  const [browserSetting] = options.strongest(['browser', 'no-browser']);
  const browserIsOff = browserSetting?.name === 'no-browser' && options.isOn('no-browser');
  const browser = browserIsOff ? 'off' : options.text('browser');
  const settings: LoginSettings = {
    server,
    client: await settleClient(options, invocation),
    redirect,
    request: settleRequest(options),
    tokenOverrides: settleOverrides(options, 'token-param'),
    state: options.text('state'),
    nonce: options.text('nonce'),
    pkce: (options.text('pkce') as PkceMethod | undefined) ?? 'S256',
    browser,
    browserTimeoutSeconds: options.number('browser-timeout', { min: 1, max: 86_400 }) ?? 300,
    acceptsPaste,
    unattended: options.isOn('no-input') ? 'nothing may be asked (--no-input)' : undefined,
    userinfo: !options.isOn('no-userinfo'),
    clockToleranceSeconds: options.number('clock-tolerance', { min: 0, max: 86_400, integer: false }) ?? 5,
    waived: settleWaived(options),
  };
  for (const override of [...settings.request.overrides, ...settings.tokenOverrides]) {
    if (override.type === 'set' && override.value !== '' && isSecretParameter(override.name)) {
      journal.secrets.push({ kind: override.name, value: override.value });
    }
  }
  return settings;
}

function requireEndpoints(given: Readonly<Record<string, string>>): void {
  const { authorization_endpoint, token_endpoint } = given;
  if (authorization_endpoint !== undefined && token_endpoint !== undefined) return;
  const partly = authorization_endpoint ?? token_endpoint;
  throw new UsageError('No authorization server was given.', {
    hint:
      partly === undefined
        ? 'Add --issuer URL and --client-id ID. A server without metadata needs --authorization-endpoint URL and --token-endpoint URL. ' +
          'To see a login without any server: oauth-code demo'
        : `Without --issuer both endpoints are needed; --${token_endpoint === undefined ? 'token' : 'authorization'}-endpoint URL is missing.`,
  });
}

function settleRequest(options: OptionReader): LoginSettings['request'] {
  const maxAgeSeconds = options.number('max-age', { min: 0 });
  const texts = {
    responseMode: options.text('response-mode'),
    prompt: options.text('prompt'),
    loginHint: options.text('login-hint'),
    acrValues: options.text('acr-values'),
    uiLocales: options.text('ui-locales'),
    claims: json(options, 'claims', '{"id_token":{"email":null}}'),
    authorizationDetails: json(options, 'authorization-details', '[{"type":"payment"}]'),
    audience: options.text('audience'),
  };
  const present = Object.fromEntries(Object.entries(texts).filter(([, value]) => value !== undefined));
  return {
    scope: settleScope(options),
    resources: options.list('resource').map((resource) => absoluteUri(resource, options.source('resource'))),
    overrides: settleOverrides(options, 'param'),
    ...(present as Partial<Record<keyof typeof texts, string>>),
    ...(maxAgeSeconds === undefined ? {} : { maxAgeSeconds }),
  };
}

function absoluteUri(resource: string, source: string): string {
  if (URL.canParse(resource) && !resource.includes('#')) return resource;
  throw new UsageError(`${source} is no absolute URI without a fragment: ${resource}`, {
    hint: 'RFC 8707 §2 wants one, such as https://api.example.com/.',
  });
}

function json(options: OptionReader, name: string, example: string): string | undefined {
  const text = options.text(name);
  if (text === undefined) return undefined;
  try {
    JSON.parse(text);
    return text;
  } catch (error) {
    const reason = error instanceof Error ? `${error.message}. ` : '';
    throw new UsageError(`${options.source(name)} is not JSON.`, {
      hint: `${reason}A shell takes away quotation marks that are not quoted. For example: --${name} '${example}'`,
    });
  }
}

/** Ids of checks; a variable that holds several may separate them by commas or spaces. */
function settleWaived(options: OptionReader): ReadonlySet<CheckId> {
  const texts = options.list('no-verify').flatMap((text) => text.trim().split(/[\s,]+/));
  return new Set(texts.map((text) => checkId(text, options.source('no-verify'))));
}

function checkId(text: string, source: string): CheckId {
  const id = text.replaceAll('_', '-');
  if (isCheckId(id)) return id;
  const close = closestName(id, Object.keys(catalogue));
  throw new UsageError(`${source} names no check: ${text}`, {
    hint:
      close === undefined
        ? 'The checks of a run stand in its result, with their ids in --json.'
        : `Did you mean ${close}?`,
  });
}
