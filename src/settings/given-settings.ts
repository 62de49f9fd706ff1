import type { Journal } from '../commands/journal.ts';
import { readParameterOverride } from '../protocol/parameters.ts';
import { clientSecretOptions } from './layered-settings.ts';
import type { OptionReader } from './option-reader.ts';

/** Where the settings came from that may be the cause of a failure, for whoever has to change them. */
export function givenSettings(options: OptionReader): Journal['given'] {
  const simple = ['jwks-uri', 'auth-method'].flatMap((name) =>
    options.place(name) === undefined ? [] : [[name, options.source(name)] as const],
  );
  const [secret] = options.strongest(clientSecretOptions);
  const parameters = ['param', 'token-param'].flatMap((name) =>
    options.list(name).flatMap((text) => {
      const parameter = readParameterOverride(text)?.name;
      return parameter === undefined ? [] : [[`${name} ${parameter}`, options.source(name)] as const];
    }),
  );
  return Object.fromEntries([
    ...simple,
    ...(secret === undefined ? [] : [['client-secret', secret.source] as const]),
    ...parameters,
  ]);
}
