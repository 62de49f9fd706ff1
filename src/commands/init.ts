import { UsageError } from '../errors.ts';
import { providerNamed, providers } from '../providers/find-provider.ts';
import type { Provider } from '../providers/provider.ts';
import { say } from '../say.ts';
import { pickOptions } from '../settings/option-reader.ts';
import { loginOptionGroups, saveOptions, settingsOptions, storeOptions } from '../settings/options.ts';
import { canAsk } from '../settings/output-settings.ts';
import { type InitSettings, settleInit } from '../settings/settle-tools.ts';
import { defineCommand, type Invocation } from './command.ts';

const examples = `
Examples:
  $ oauth-code init
  $ oauth-code init https://login.example.com --save work

Without a terminal, or in a script: oauth-code profile save --help

Known providers: ${providers.map(({ name }) => name).join(', ')}.`;

/** Gives `init` its argument, options and action. */
export const define = defineCommand({
  description:
    'Ask for what a login needs, offering only what the server supports; try it, and save it as a profile.\n' +
    'What is given as an option is not asked for.',
  words: { '[issuer]': 'the issuer, or the name of a known provider, such as google' },
  groups: [
    ['Profile:', { ...pickOptions(settingsOptions, /^--config/), ...saveOptions, ...storeOptions }],
    ...loginOptionGroups.filter(([, specs]) => specs !== settingsOptions),
  ],
  notes: examples,
  async action({ settleAlone, command }, [server]) {
    if (server !== undefined && command.opts().issuer !== undefined) {
      throw new UsageError('The issuer was given twice, as an argument and with --issuer.');
    }
    const provider = server === undefined || /^https?:/i.test(server) ? undefined : providerNamed(server);
    if (server !== undefined && provider === undefined && !/[.:/]|^localhost$/.test(server)) {
      throw new UsageError(say`"${server}" is not a provider that oauth-code knows.`, {
        hint: 'Give the URL of the issuer. "oauth-code init --help" lists the providers; the profile gets its name later.',
      });
    }
    if (server !== undefined && provider === undefined) command.setOptionValue('issuer', server);
    await init(...(await settleAlone(settleInit)), provider);
  },
});

async function init(
  settings: InitSettings,
  invocation: Invocation,
  provider: Provider | undefined,
): Promise<void> {
  if (!canAsk(invocation.output, invocation.context)) {
    throw new UsageError('init asks questions, and there is no terminal to ask them on.', {
      hint: 'Without a person: oauth-code profile save NAME --issuer URL --client-id ID, with --client-secret-env NAME or --client-secret-file FILE for a confidential client and --scope "…" for what is asked for.',
    });
  }
  const { runInit } = await import('./init/run-init.ts');
  await runInit(settings, invocation, provider);
}
