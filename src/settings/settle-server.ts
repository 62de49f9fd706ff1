import { UsageError } from '../errors.ts';
import type { ServerSettings } from '../flows/login-settings.ts';
import { splitScope } from '../protocol/authorization-request.ts';
import { guessUrl } from './guess-url.ts';
import type { OptionReader } from './option-reader.ts';
import { endpointMembers } from './server-options.ts';

/**
 * Reads the server options. The address of a metadata document given as issuer is taken for what it is: the issuer
 * then comes from the document, final slash and all.
 * @throws UsageError for what is no URL.
 */
export function settleServer(options: OptionReader): ServerSettings {
  const named = url(options, 'issuer');
  const isDocument = named !== undefined && /\/\.well-known\//.test(named);
  const metadataUrl = url(options, 'metadata-url') ?? (isDocument ? named : undefined);
  const issuer = isDocument ? undefined : named;
  const given = Object.fromEntries(
    endpointMembers.flatMap((member) => {
      const value = url(options, member.replaceAll('_', '-'));
      return value === undefined ? [] : [[member, value]];
    }),
  );
  return {
    ...(issuer === undefined ? {} : { issuer }),
    ...(metadataUrl === undefined ? {} : { metadataUrl }),
    given,
  };
}

function url(options: OptionReader, name: string): string | undefined {
  const value = options.text(name)?.trim();
  if (value === undefined) return undefined;
  if (URL.canParse(value) && /^https?:\/\/[^\s\\]+$/i.test(value)) return value;
  const guess = guessUrl(value);
  throw new UsageError(`${options.source(name)} is not an http or https URL: ${value}`, {
    hint:
      guess === undefined
        ? 'Give an absolute URL, such as https://login.example.com.'
        : `Did you mean ${guess}?`,
  });
}

/** Reads scopes, merged in the order given, each once. */
export function settleScope(options: OptionReader): readonly string[] {
  return [...new Set(options.list('scope').flatMap(splitScope))];
}
