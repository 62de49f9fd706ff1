import { UsageError } from '../errors.ts';
import type { ServerSettings } from '../flows/login-settings.ts';
import { splitScope } from '../protocol/authorization-request.ts';
import { issuerOfMetadataUrl } from '../protocol/discovery-urls.ts';
import type { OptionReader } from './option-reader.ts';
import { endpointMembers } from './server-options.ts';

/** Reads the server options. @throws UsageError for what is no URL. */
export function settleServer(options: OptionReader): ServerSettings {
  const metadataUrl = url(options, 'metadata-url');
  const named = url(options, 'issuer');
  const inner = named === undefined ? undefined : issuerOfMetadataUrl(named);
  const given = Object.fromEntries(
    endpointMembers.flatMap((member) => {
      const value = url(options, member.replaceAll('_', '-'));
      return value === undefined ? [] : [[member, value]];
    }),
  );
  const issuer = inner ?? named;
  return {
    ...(issuer === undefined ? {} : { issuer }),
    ...(metadataUrl === undefined ? {} : { metadataUrl }),
    given,
  };
}

function url(options: OptionReader, name: string): string | undefined {
  const value = options.text(name);
  if (value === undefined) return undefined;
  if (URL.canParse(value) && /^https?:\/\//i.test(value)) return value;
  const guess = `https://${value.replace(/^[a-z]*:?\/*/i, '')}`;
  throw new UsageError(`${options.source(name)} is not an http or https URL: ${value}`, {
    hint: URL.canParse(guess)
      ? `Did you mean ${guess}?`
      : 'Give an absolute URL, such as https://login.example.com.',
  });
}

/** Reads scopes, merged in the order given, each once. */
export function settleScope(options: OptionReader): readonly string[] {
  return [...new Set(options.list('scope').flatMap(splitScope))];
}
