import { loopbackText } from '../../output/render-server-offer.ts';
import { inertText } from '../../output/terminal-text.ts';
import { readRedirectUri } from '../../protocol/redirect-uri.ts';
import { defaultRedirectUri } from '../../settings/login-options.ts';
import { type Known, tell, type Wizard } from './wizard.ts';

/** Asks for the redirect URI, and tells what to do with it. */
export async function askRedirect(wizard: Wizard, known: Known): Promise<void> {
  const { given, answers, invocation } = wizard;
  const { prompt, terminal } = invocation.context;
  const rule = known && loopbackText(known);
  if (rule !== undefined) tell(wizard, rule);
  if (given.text('redirect-uri') === undefined) {
    const preset = presetFor(known);
    const uri = await prompt.line('Redirect URI', {
      ...(preset === undefined ? {} : { preset }),
      validate: (text) =>
        readRedirectUri(text) !== undefined ||
        `An absolute URI without a fragment, such as ${defaultRedirectUri}`,
    });
    answers.set('redirect-uri', [uri]);
  }
  const uri = answers.get('redirect-uri')?.[0] ?? given.text('redirect-uri') ?? defaultRedirectUri;
  const where = known?.register ?? 'the server, where its clients are administered';
  tell(wizard, '', `Register this redirect URI for your client, exactly so, at ${where}:`, '');
  // Whole and on a line of its own, to be copied.
  terminal.stderr.write(`${inertText(uri)}\n\n`);
}

function presetFor(known: Known): string | undefined {
  const { port, host } = known?.loopback ?? { port: 'exact', host: 'either' };
  if (port === 'none') return undefined;
  if (port === 'https') return defaultRedirectUri.replace('http://127.0.0.1', 'https://localhost');
  return host === 'localhost' ? defaultRedirectUri.replace('127.0.0.1', 'localhost') : defaultRedirectUri;
}
