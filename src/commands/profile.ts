import { type OptionGroups, type OptionTable, pickOptions, repeatable } from '../settings/option-reader.ts';
import { noInputOptions, offlineOutputOptions, settingsOptions } from '../settings/options.ts';
import { profileOptionGroups } from '../settings/profile-keys.ts';
import type { Settle } from '../settings/read-settings.ts';
import {
  settleEdit,
  settleImport,
  settleProfile,
  settleProfileSave,
  settleSchema,
  settleShow,
} from '../settings/settle-profile.ts';
import { type CommandDefinition, defineGroup, type Invocation } from './command.ts';
import { editProfile } from './profile/edit.ts';
import { importProfile } from './profile/import.ts';
import { removeProfile, saveProfile } from './profile/save.ts';
import { listProfiles, showProfile } from './profile/show.ts';

type Run<Settings> = (settings: Settings, invocation: Invocation, words: readonly string[]) => Promise<void>;

const fileOptions = pickOptions(settingsOptions, /^--config/);
const output = ['Output:', offlineOutputOptions] as const;
const askingOutput = ['Output:', { ...offlineOutputOptions, ...noInputOptions }] as const;
const consent: OptionTable = { '-y, --yes': 'do it without asking' };
const makeDefault: OptionTable = { '--default': 'use it when no profile is named' };
const store: OptionTable = {
  '--store <where>': {
    description: 'keychain: put the client secret there',
    choices: ['keychain', 'file', 'none'],
  },
};

const editOptions: OptionTable = {
  ...fileOptions,
  '--set <key=value>': repeatable('set this; repeatable'),
  '--unset <key>': repeatable('remove this; repeatable'),
  ...makeDefault,
  '--client-secret-file <file>': 'with --store keychain: read it here, or - for stdin',
  '--client-secret-env <name>': 'the client secret is in this variable',
  '--client-secret <value>': { description: 'never taken from the command line', hidden: true },
  ...store,
};

const importOptions: OptionTable = {
  '--name <name>': 'name of the new profile; default: the name in its source',
  '--user <name>': 'which user of a kubeconfig, where several log in this way',
  '--server <name>': 'which server of an MCP client, where it has several',
  ...fileOptions,
  ...makeDefault,
  ...store,
  ...consent,
};

const examples = `
Examples:
  $ oauth-code profile save work --issuer https://login.example.com \\
      --client-id my-app --client-secret-env WORK_SECRET --scope "openid profile"
  $ oauth-code login -p work
  $ oauth-code profile edit work --set scope="openid email" --unset audience
  $ oauth-code profile show work --sources

  The secret in the keychain of the system, from a password manager:
  $ pass show work | oauth-code profile edit work --client-secret-file - \\
      --store keychain`;

const importExamples = `
SOURCE is one of:
  an oauth2c command, in quotes or word by word behind --
  a kubeconfig in YAML or JSON whose user logs in with kubelogin (kubectl oidc-login); - is stdin
  the configuration of an MCP client (Claude, VS Code, Cursor, Windsurf, Zed, the Inspector)
  the URL of a .well-known document: it is fetched, and the issuer saved

Examples:
  $ oauth-code profile import --name work --client-secret-env WORK_SECRET \\
      -- oauth2c https://login.example.com --client-id my-app --scopes openid
  $ oauth-code profile import ~/.kube/config --user oidc
  $ oauth-code profile import .vscode/mcp.json --server crm
  $ kubectl config view --raw -o json | oauth-code profile import -
  $ oauth-code profile import --client-id my-app \\
      https://login.example.com/.well-known/openid-configuration`;

function subcommand<Settings>(
  description: string,
  groups: OptionGroups,
  settle: Settle<Settings>,
  run: Run<Settings>,
): CommandDefinition {
  return {
    description,
    groups,
    action: async ({ settleAlone }, words) => run(...(await settleAlone(settle)), words),
  };
}

const sources = { '--sources': 'show the settings in effect, and where each comes from' };
const projectOptions = { '--project': 'for a project file, which allows fewer settings' };

/** Gives `profile` its subcommands. */
export const define = defineGroup('Save settings under a name, to be used with -p NAME.', examples, {
  list: subcommand('Show all profiles.', [['Settings:', fileOptions], output], settleProfile, listProfiles),
  'show [name]': subcommand(
    'Show a profile, or the default one.',
    [['Settings:', { ...fileOptions, ...sources }], output],
    settleShow,
    showProfile,
  ),
  'save <name>': subcommand(
    'Save the given options as a profile. An existing one is replaced.',
    [
      ['Profile:', { ...fileOptions, ...makeDefault, ...store, ...consent }],
      ...profileOptionGroups,
      askingOutput,
    ],
    settleProfileSave,
    saveProfile,
  ),
  'edit <name>': subcommand(
    'Change settings of a profile; without --set or --unset in your editor. Comments stay.',
    [['Profile:', editOptions], askingOutput],
    settleEdit,
    editProfile,
  ),
  'import [source...]': {
    ...subcommand(
      'Make a profile of an oauth2c command, a kubelogin entry, the configuration of an MCP client, or a .well-known URL.',
      [['Profile:', importOptions], ...profileOptionGroups, askingOutput],
      settleImport,
      importProfile,
    ),
    notes: importExamples,
  },
  'remove <name>': subcommand(
    'Remove a profile, and its secret from the keychain.',
    [['Profile:', { ...fileOptions, ...consent }], askingOutput],
    settleProfile,
    removeProfile,
  ),
  schema: subcommand(
    'Print the JSON Schema of the settings file.',
    [['Schema:', projectOptions], output],
    settleSchema,
    printSchema,
  ),
});

/** Prints the JSON Schema of the settings file, or of a project file. */
async function printSchema(
  { project }: ReturnType<typeof settleSchema>,
  { context }: Invocation,
): Promise<void> {
  const { profileKeys } = await import('../settings/profile-keys.ts');
  const { mayStandInProject } = await import('../storage/project-rules.ts');
  const { buildJsonSchema } = await import('../storage/parse-settings.ts');
  const schema = project
    ? buildJsonSchema(
        profileKeys.filter(({ name }) => mayStandInProject(name)),
        'Project settings of oauth-code',
      )
    : buildJsonSchema(profileKeys, 'Settings of oauth-code');
  context.terminal.stdout.write(`${JSON.stringify(schema, null, 2)}\n`);
}
