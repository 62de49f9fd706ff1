import type { Command } from 'commander';
import {
  addOptions,
  createOptionReader,
  type OptionReader,
  type OptionSpec,
} from '../settings/option-reader.ts';
import { profileOptionGroups } from '../settings/profile-keys.ts';
import { noInputOptions, offlineOutputOptions, settingsOptions } from '../settings/server-options.ts';
import type { Invocation } from './command.ts';

type Groups = readonly (readonly [heading: string, specs: readonly OptionSpec[]])[];
type Run = (options: OptionReader, invocation: Invocation, name: string | undefined) => Promise<void>;
type RunOnWords = (options: OptionReader, invocation: Invocation, words: readonly string[]) => Promise<void>;

const fileOptions = settingsOptions.filter(({ flags }) => flags.startsWith('--config'));
const output = ['Output:', offlineOutputOptions] as const;
const askingOutput = ['Output:', [...offlineOutputOptions, ...noInputOptions]] as const;
const consent: OptionSpec = { flags: '-y, --yes', description: 'do it without asking' };
const makeDefault: OptionSpec = { flags: '--default', description: 'use it when no profile is named' };
const store: OptionSpec = {
  flags: '--store <where>',
  description: 'keychain: put the client secret there',
  choices: ['keychain', 'file', 'none'],
};

const groupsOf = {
  list: [['Settings:', fileOptions], output],
  show: [
    [
      'Settings:',
      [...fileOptions, { flags: '--sources', description: 'what would count now, and where it comes from' }],
    ],
    output,
  ],
  save: [['Profile:', [...fileOptions, makeDefault, store, consent]], ...profileOptionGroups, askingOutput],
  edit: [
    [
      'Profile:',
      [
        ...fileOptions,
        { flags: '--set <key=value>', description: 'set this; repeatable', repeatable: true },
        { flags: '--unset <key>', description: 'remove this; repeatable', repeatable: true },
        makeDefault,
        {
          flags: '--client-secret-file <file>',
          description: 'with --store keychain: read it here, or - for stdin',
        },
        { flags: '--client-secret-env <name>', description: 'the client secret is in this variable' },
        { flags: '--client-secret <value>', description: 'never taken from the command line', hidden: true },
        store,
      ],
    ],
    askingOutput,
  ],
  import: [
    [
      'Profile:',
      [
        { flags: '--name <name>', description: 'what to call it; default: as its source calls it' },
        { flags: '--user <name>', description: 'which user of a kubeconfig, where several log in this way' },
        ...fileOptions,
        makeDefault,
        store,
        consent,
      ],
    ],
    ...profileOptionGroups,
    askingOutput,
  ],
  remove: [['Profile:', [...fileOptions, consent]], askingOutput],
  schema: [
    ['Schema:', [{ flags: '--project', description: 'of a project file, which may hold less' }]],
    output,
  ],
} as const satisfies Readonly<Record<string, Groups>>;

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
  the URL of a .well-known document: it is fetched, and the issuer saved

Examples:
  $ oauth-code profile import --name work --client-secret-env WORK_SECRET \\
      -- oauth2c https://login.example.com --client-id my-app --scopes openid
  $ oauth-code profile import ~/.kube/config --user oidc
  $ kubectl config view --raw -o json | oauth-code profile import -
  $ oauth-code profile import --client-id my-app \\
      https://login.example.com/.well-known/openid-configuration`;

/** Gives `profile` its subcommands. */
export function define(command: Command, invocation: Invocation): void {
  command
    .description('Save settings under a name, to be used with -p NAME.')
    .usage('COMMAND [options]')
    .addHelpText('after', examples);

  const addOnWords = (
    usage: string,
    description: string,
    groups: Groups,
    load: () => Promise<RunOnWords>,
  ): Command => {
    const subcommand = command.command(usage).description(description).helpOption('-h, --help', 'show help');
    for (const [heading, specs] of groups) addOptions(subcommand, heading, specs);
    const specs = groups.flatMap(([, list]) => list);
    return subcommand.action(async () => {
      const run = await load();
      await run(createOptionReader(subcommand, specs, invocation.context), invocation, subcommand.args);
    });
  };
  const add = (usage: string, description: string, groups: Groups, load: () => Promise<Run>): Command =>
    addOnWords(usage, description, groups, async () => {
      const run = await load();
      return (options, own, [name]) => run(options, own, name);
    });

  add(
    'list',
    'Show all profiles.',
    groupsOf.list,
    async () => (await import('./profile/list.ts')).listProfiles,
  );
  add(
    'show [name]',
    'Show a profile, or the default one.',
    groupsOf.show,
    async () => (await import('./profile/show.ts')).showProfile,
  );
  add(
    'save <name>',
    'Save the given options as a profile. One that is there already is replaced.',
    groupsOf.save,
    async () => (await import('./profile/save.ts')).saveProfile,
  );
  add(
    'edit <name>',
    'Change settings of a profile; without --set or --unset in your editor. Comments stay.',
    groupsOf.edit,
    async () => (await import('./profile/edit.ts')).editProfile,
  );
  addOnWords(
    'import [source...]',
    'Make a profile of an oauth2c command, of a kubelogin entry in a kubeconfig, or of a .well-known URL.',
    groupsOf.import,
    async () => (await import('./profile/import.ts')).importProfile,
  ).addHelpText('after', importExamples);
  add(
    'remove <name>',
    'Remove a profile, and its secret from the keychain.',
    groupsOf.remove,
    async () => (await import('./profile/remove.ts')).removeProfile,
  );
  add(
    'schema',
    'Print the JSON Schema of the settings file.',
    groupsOf.schema,
    async () => (await import('./profile/schema.ts')).printSchema,
  );
}
