import { type GrantInput, inputOptions, inputsOf } from '../client/grant-inputs.ts';
import { grantRequests } from '../client/grant-requests.ts';
import { UsageError } from '../errors.ts';
import { renderStep } from '../output/render-step.ts';
import { own, say } from '../say.ts';
import type { GrantInputs } from '../sessions/token-settings.ts';
import type { OptionReader } from './option-reader.ts';
import { givenOnce, readGivenSecret } from './read-secret.ts';
import { type Settling, tokenSource } from './settle-client.ts';

/** Reads what a grant hands in; secrets are told to the journal. @throws UsageError, ConfigError, LoginRequiredError */
export async function readGrantInputs(
  type: string,
  options: OptionReader,
  run: Settling,
): Promise<GrantInputs> {
  const { read = {}, warning } = grantRequests[type] ?? {};
  const entries = await Promise.all(
    inputsOf(type).map(async (input) => {
      const value = await readInput(type, input, options, run);
      const reader = read[input.option];
      if (reader === undefined || typeof value !== 'string') return [input.option, value] as const;
      const known = reader(value);
      if (known !== undefined) return [input.option, known] as const;
      throw new UsageError(say`${options.source(input.option)} is "${value}".`, {
        hint: own(input.allowed ?? ''),
      });
    }),
  );
  const { stderr } = run.context.terminal;
  if (warning !== undefined && !options.isOn('quiet'))
    stderr.write(`${renderStep({ mark: 'warn', name: 'Grant', text: warning }, stderr)}\n`);
  const { createHash } = await import('node:crypto');
  return {
    values: Object.fromEntries(entries),
    digest: createHash('sha256').update(JSON.stringify(entries)).digest('base64url'),
  };
}

async function readInput(type: string, input: GrantInput, options: OptionReader, run: Settling) {
  const { option, name, plain, placeholder = '', from, without } = input;
  const given = givenOnce(options.strongest(inputOptions(input)), name);
  const source = from !== undefined && given?.name === from ? tokenSource(options, from, name) : undefined;
  const value =
    plain !== undefined
      ? options.list(option).join('\n') || undefined
      : source !== undefined
        ? await (await import('./read-source.ts')).readSource(source, run.context)
        : given && (await readGivenSecret([given], name, options.isOn('quiet'), run.context));
  if (value === undefined) {
    if (without === 'nothing' || (without !== undefined && options.place(without) !== undefined))
      return undefined;
    const ways =
      plain !== undefined
        ? `--${option} ${placeholder.toUpperCase()}`
        : `--${option}-file FILE or --${option}-env NAME`;
    throw new UsageError(
      say`--grant-type ${own(type)} needs ${own(/^[aeio]/.test(name) ? 'an' : 'a')} ${own(name)}.`,
      {
        hint: own(`Add ${ways}${without === undefined ? '' : `; or --${without} FILE, to make one`}.`),
      },
    );
  }
  if (plain === undefined && typeof value === 'string')
    run.journal.secrets.push({ kind: option.replaceAll('-', '_'), value });
  return value;
}
