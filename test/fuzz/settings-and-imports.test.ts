import { judgeTrust, readTrust } from '../../src/checks/ci-identity.ts';
import { judgeExpectation, readExpectation } from '../../src/checks/expectation.ts';
import { ConfigError, NamedError, UsageError } from '../../src/errors.ts';
import { readIdpConfig } from '../../src/idp/idp-config.ts';
import { isJsonObject } from '../../src/json/json.ts';
import { httpsHost, readExecInfo, readGitCredentialRequest } from '../../src/output/token-formats.ts';
import { readParameterOverride } from '../../src/protocol/parameters.ts';
import { shellWords } from '../../src/recording/shell-words.ts';
import { profileKeys } from '../../src/settings/profile-keys.ts';
import { secondsOf } from '../../src/storage/import/other-command-line.ts';
import { readKubeconfig } from '../../src/storage/import/read-kubeconfig.ts';
import { readKubelogin } from '../../src/storage/import/read-kubelogin.ts';
import { readMcpClient } from '../../src/storage/import/read-mcp-client.ts';
import { readOauth2c } from '../../src/storage/import/read-oauth2c.ts';
import { readYaml } from '../../src/storage/import/read-yaml.ts';
import { parseJsonc, removeMember, setMember } from '../../src/storage/jsonc.ts';
import { parseSettings, settingFromTexts } from '../../src/storage/parse-settings.ts';
import { requireHarmless } from '../../src/storage/project-rules.ts';
import { parseSession, serializeSession } from '../../src/storage/session-file.ts';
import { sessionWith } from '../fakes/saved-sessions.ts';
import { fuzzParsers } from './fuzz-parsers.ts';

const settings = [
  `{ // mine
  "version": 1, "default_profile": "work",
  "profiles": {
    "work": { "issuer": "https://as.example", "client_id": "app", "scope": "openid email", "pkce": "S256",
      "client_secret": {"env": "X"}, "timeout": 30, "params": {"a": "b", "c": null}, "resource": ["https://a"], },
    /* other */ "b": {"port": "8378,8379", "claims": {"id_token": {}}, "no_userinfo": true}
  }
}`,
  '{"version":1,"profiles":{"p":{"issuer":"https://as.example","client_secret":{"keychain":true}}}}',
];
const settingFragments = [
  '"version":1',
  '"profiles":{',
  '// x\n',
  '/*',
  '*/',
  '"issuer":',
  '"client_secret":',
];

const kubeconfigs = [
  `apiVersion: v1
users:
- name: me   # comment
  user:
    exec:
      command: kubectl
      args:
      - oidc-login
      - get-token
      - --oidc-issuer-url=https://as.example
      - "--oidc-client-id=app"
      - '--oidc-extra-scope=email'
contexts: []
text: |
  one
  two
`,
  JSON.stringify({
    users: [
      {
        name: 'me',
        user: {
          exec: { command: 'kubelogin', args: ['get-token', '--oidc-issuer-url', 'https://as.example'] },
        },
      },
    ],
  }),
];
const mcpClients = [
  `{ // VS Code
  "servers": { "one": { "url": "https://mcp.example/\${input:x}", "headers": { "User-Agent": "x", "Authorization": "Bearer \${env:T}" } } } }`,
  JSON.stringify({
    mcpServers: {
      one: {
        url: 'https://mcp.example',
        oauth: { clientId: 'app', callbackPort: 1, client_secret: 's', scopes: ['a'] },
      },
      two: {
        command: 'npx',
        args: [
          'mcp-remote',
          'https://mcp.example',
          '--header',
          'A: b',
          '--static-oauth-client-info',
          '{"client_id":"a"}',
        ],
      },
    },
  }),
];
const commands = [
  'oauth2c https://as.example --client-id app --scopes openid,email --pkce --claims \'{"a":1}\' --http-timeout 1m30s',
  'oauth2c "https://as.example" \\\n --client-secret $\'a\\nb\' --grant-type client_credentials --insecure',
  'kubectl oidc-login get-token --oidc-issuer-url=https://as.example --oidc-client-id app --grant-type=password',
];
const session = sessionWith({
  origin: 'https://op.example',
  tokenEndpoint: 'https://op.example/token',
  last: { accessToken: 'at', refreshToken: 'rt' },
});
const idpFiles = [
  JSON.stringify({
    clients: [{ client_id: 'a', redirect_uris: ['http://127.0.0.1/'] }],
    users: [{ sub: 'alice', email: 'a@b' }],
    accessTokenFormat: 'opaque',
    ttl: { AccessToken: 5 },
  }),
];
const expectations = [
  'sub=alice',
  '!email',
  'id_token.acr!=1',
  'access_token.scope~=openid',
  'exp>1h',
  'aud=["a","b"]',
  'auth_time>=2026-11-20T12:00:00Z',
  'a.b.c<5',
];
const claims = { sub: 'alice', aud: ['a', 'b'], exp: 1795209372, scope: 'openid email', a: { b: { c: 4 } } };

function readOptionValue(text: string): void {
  readParameterOverride(text);
  const expectation = readExpectation(text);
  if (!('problem' in expectation)) {
    judgeExpectation(
      expectation,
      [{ source: 'id_token', doubt: undefined, claims }],
      new Date('2026-11-20T12:00:00Z'),
    );
  }
  // A different one for texts of a different length.
  const key = profileKeys[text.length % profileKeys.length];
  if (key !== undefined) settingFromTexts(key, [text, text], '--option');
}

fuzzParsers([
  {
    name: 'a settings file',
    seeds: settings,
    fragments: settingFragments,
    refusesWith: [ConfigError],
    parse(text) {
      const { profiles } = parseSettings(text, 'config.json', profileKeys);
      requireHarmless({ file: 'config.json', profiles, readableByOthers: false });
    },
  },
  {
    name: 'a settings file that is changed',
    seeds: settings,
    fragments: settingFragments,
    share: 0.5,
    parse(text) {
      const parsed = parseJsonc(text);
      // Only what is sound and holds an object is changed.
      if (parsed === undefined || 'problem' in parsed || !isJsonObject(parsed.value)) return;
      for (const path of [
        ['profiles', 'work', 'issuer'],
        ['profiles', 'new', 'scope'],
        ['version'],
        ['__proto__', 'a'],
      ]) {
        const changed = parseJsonc(setMember(text, path, 'changed'));
        if (changed === undefined || 'problem' in changed) throw new Error('not sound any more');
        const removed = parseJsonc(removeMember(text, path));
        if (removed === undefined || 'problem' in removed) throw new Error('not sound without it');
      }
    },
  },
  {
    name: 'a session file',
    seeds: [
      serializeSession(session),
      serializeSession({ ...session, owner: { type: 'profile', name: 'work' } }),
    ],
    parse(text) {
      const parsed = parseSession(text);
      if (parsed.type === 'session') serializeSession(parsed.session);
    },
  },
  {
    name: 'a kubeconfig',
    seeds: kubeconfigs,
    fragments: [
      'users:\n',
      '- ',
      '  ',
      ': ',
      'exec:',
      'get-token',
      '--oidc-issuer-url=',
      '|\n',
      '>-\n',
      '~',
      "''",
    ],
    refusesWith: [ConfigError, UsageError],
    parse: (text) => readKubeconfig(text, 'kubeconfig', text.length % 3 === 0 ? 'me' : undefined),
  },
  {
    name: 'the configuration of an MCP client',
    seeds: mcpClients,
    fragments: [
      '"servers":',
      '"url":',
      '"oauth":',
      '"args":',
      '"mcp-remote"',
      '${env:',
      '}',
      '//',
      '/*',
      ',',
      '[',
      'https://',
    ],
    refusesWith: [ConfigError, UsageError],
    parse: (text) => readMcpClient(text, 'mcp.json', text.length % 3 === 0 ? 'one' : undefined),
  },
  {
    name: 'YAML',
    seeds: kubeconfigs,
    fragments: ['- ', '  ', ': ', '|\n', '>-\n', '# ', '---\n', '&a ', '*a', '<<: ', '{', ']', "''", '\t'],
    refusesWith: [ConfigError],
    parse: (text) => readYaml(text, 'file'),
  },
  {
    name: 'the command line of another tool',
    seeds: commands,
    fragments: [
      'oauth2c ',
      ' --scopes ',
      ' --client-secret=',
      "$'",
      '\\\n',
      ' get-token ',
      ' --oidc-issuer-url ',
    ],
    refusesWith: [NamedError],
    parse(text) {
      const words = shellWords(text) ?? text.split(/\s+/);
      readOauth2c(words);
      readKubelogin(words[0] ?? '', words.slice(1));
      for (const word of words) secondsOf(word);
    },
  },
  {
    name: 'the configuration of the embedded server',
    seeds: idpFiles,
    fragments: ['"clients":[', '"users":[', '"sub":', '"jwks":', '"features":'],
    refusesWith: [ConfigError],
    parse: (text) => readIdpConfig(text, 'idp.json'),
  },
  {
    name: 'the value of an option',
    seeds: [
      ...expectations,
      'k=v',
      'k=',
      'k',
      '{"id_token":{"email":null}}',
      '1m30s',
      'openid email',
      '["a"]',
    ],
    fragments: ['sub', 'id_token.', '!=', '~=', '>=', '1h', '2026-11-20'],
    refusesWith: [UsageError],
    parse: readOptionValue,
  },
  {
    name: 'a trust condition',
    seeds: [
      'sub=repo:octocat/*',
      'assertion.repository == "octocat/app" && assertion.ref.startsWith(\'refs/heads/\')',
      "(assertion['repository'] in ['a/b', 'octocat/app'])",
      "assertion.a != 'b' && (assertion.c == 'd' || ('e' in assertion.aud && assertion.f == 'g'))",
      '{"Statement":[{"Effect":"Allow","Condition":{"StringLike":{"token.actions.githubusercontent.com:sub":["repo:*/app:*"]}}}]}',
      '{"issuer":"https://token.actions.githubusercontent.com","subject":"repo:octocat/app:ref:refs/heads/main","audiences":["a"]}',
      '{"oidc":{"issuerUri":"https://gitlab.com"},"attributeMapping":{"attribute.repo":"assertion.repository"},"attributeCondition":"attribute.repo==\'octocat/app\'"}',
    ],
    fragments: [
      'ForAllValues:',
      'StringNotEquals',
      '${',
      '*',
      '?',
      '==',
      '!=',
      '||',
      '&&',
      '(',
      ')',
      '.endsWith(',
      'claims[',
    ],
    refusesWith: [UsageError],
    parse(text) {
      const claims = { iss: 'https://gitlab.com', sub: 'repo:octocat/app:ref:refs/heads/main', aud: ['a'] };
      judgeTrust(claims, readTrust(text, '--trust', text.length % 2 === 0));
    },
  },
  {
    name: 'what git and kubectl ask for',
    seeds: [
      'protocol=https\nhost=git.example\ncapability[]=authtype\nwwwauth[]=Basic realm="x"\n\n',
      '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","spec":{"interactive":false}}',
    ],
    refusesWith: [UsageError, ConfigError],
    parse(text) {
      readGitCredentialRequest(text);
      httpsHost(text);
      readExecInfo(text);
    },
  },
]);
