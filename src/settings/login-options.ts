import type { OptionSpec } from './option-reader.ts';
import {
  accessOptions,
  clientOptions,
  connectionOptions,
  outputOptions,
  serverOptions,
  settingsOptions,
} from './server-options.ts';

/** The redirect URI used when none is given. */
export const defaultRedirectUri = 'http://127.0.0.1:8378/callback';

const redirectOptions: readonly OptionSpec[] = [
  { flags: '--redirect-uri <uri>', description: `default: ${defaultRedirectUri}; port 0 = any free port` },
  { flags: '--port <ports>', description: 'ports to try in order, such as 8378,8379; 0 = any' },
  { flags: '--listen <address:port>', description: 'bind here, not where the redirect URI points' },
  {
    flags: '--tls-cert <file>',
    description: 'certificate for an https redirect URI; default: a throw-away one',
  },
  { flags: '--tls-key <file>', description: 'its key' },
];

const requestOptions: readonly OptionSpec[] = [
  { flags: '--pkce <method>', description: 'default S256', choices: ['S256', 'plain', 'off'] },
  { flags: '--state <value>', description: 'fixed state, or off; default: random' },
  { flags: '--nonce <value>', description: 'fixed nonce, or off; default: random with openid' },
  { flags: '--prompt <values>', description: 'none, login, consent, select_account, create' },
  { flags: '--login-hint <value>', description: 'whom the server should expect' },
  { flags: '--max-age <seconds>', description: 'longest time since the person authenticated' },
  { flags: '--acr-values <values>', description: 'wanted authentication contexts' },
  { flags: '--ui-locales <tags>', description: 'preferred languages of the pages' },
  { flags: '--claims <json>', description: 'claims request (OIDC Core §5.5)' },
  { flags: '--authorization-details <json>', description: 'fine-grained request (RFC 9396)' },
  { flags: '--response-mode <mode>', description: 'query, form_post or fragment' },
  {
    flags: '--param <k=v>',
    description: 'authorization request parameter; k= sends it empty, k removes it; repeatable',
    repeatable: true,
  },
  { flags: '--token-param <k=v>', description: 'the same for the token request', repeatable: true },
];

const personOptions: readonly OptionSpec[] = [
  {
    flags: '--browser <command>',
    description: 'open the URL with this command (%s = URL); default: BROWSER',
  },
  { flags: '--no-browser', description: 'open nothing; print the URL and wait for whoever opens it' },
  { flags: '--browser-timeout <seconds>', description: 'how long to wait for the answer; default 300' },
];

const guideOptions: readonly OptionSpec[] = [
  { flags: '--explain', description: 'before each step: what happens, why, who sees what' },
  { flags: '--step', description: 'stop before each request, to look at it, change it or end the run' },
];

const checkOptions: readonly OptionSpec[] = [
  { flags: '--no-userinfo', description: 'do not call the UserInfo endpoint' },
  { flags: '--no-verify <check>', description: 'let this check only warn; repeatable', repeatable: true },
];

/** The options of `login` under the headings of its help. */
export const loginOptionGroups: readonly (readonly [heading: string, specs: readonly OptionSpec[]])[] = [
  ['Settings:', settingsOptions],
  ['Authorization server:', serverOptions],
  ['Client:', clientOptions],
  ['Access:', accessOptions],
  ['Redirect URI:', redirectOptions],
  ['Authorization request:', requestOptions],
  ['Browser:', personOptions],
  ['Checks:', checkOptions],
  ['Guidance:', guideOptions],
  ['Connection:', connectionOptions],
  ['Output:', outputOptions],
];

/** All of them in one list. */
export const loginOptions: readonly OptionSpec[] = loginOptionGroups.flatMap(([, specs]) => specs);
