import { isUrl } from '../http-message.ts';
import { findProvider, patternSource, writtenErrors } from '../providers/find-provider.ts';
import type { Provider, ProviderError } from '../providers/provider.ts';
import { say } from '../say.ts';
import type { Cause } from './diagnosis.ts';
import { metadataFor, type Situation, showsCredentials } from './situation.ts';

/**
 * The causes that codes and texts of a provider name themselves. They are found by what the server writes, as many
 * providers run under hosts of their own; what others write too needs the address of the provider as well.
 */
export function providerCauses(
  situation: Situation,
): readonly (Cause & { /** The words that it explains. */ readonly words: string })[] {
  const { text, endpoint, grant, error } = situation;
  const sent = sentWith(situation);
  const own = addressesOf(situation)
    .map(findProvider)
    .find((provider) => provider !== undefined);
  const isMeant = ({ provider, shared, isCode, ...row }: ErrorRow) =>
    (row.endpoint ?? endpoint) === endpoint &&
    (row.grant === undefined || grant === null || row.grant === grant) &&
    (row.code === undefined || error === null || row.code === error) &&
    (row.sent === undefined || row.sent === (sent ?? 'secret')) &&
    (provider === own ||
      // At the address of another provider only a code of its own tells of one; at an unknown address its texts do too.
      (!shared && (own === undefined || isCode)));
  const matches = errorRows().flatMap((row) => {
    const found = isMeant(row) ? row.pattern.exec(text)?.[0] : undefined;
    return found === undefined ? [] : [{ row, found }];
  });
  const first = matches.find(({ row }) => row.provider === own) ?? matches[0];
  return (
    matches
      // Words that follow a code of one server may be all that another one says.
      .filter(({ row }) => row.source === first?.row.source)
      // Of a text and another one inside of it the longer one is meant.
      .filter(({ found }) => !matches.some((other) => other.found !== found && other.found.includes(found)))
      .map(({ row, found }) => ({
        words: row.isCode ? wordsBehind(text, found) : found,
        cause: row.cause,
        about: row.about,
        why: say`The answer says ${JSON.stringify(found.slice(0, 80))}.`,
        try: row.try,
        source: row.source,
      }))
  );
}

/** A code with the sentence that some servers write behind it. */
function wordsBehind(text: string, code: string): string {
  const start = text.indexOf(`${code}: `);
  return start === -1 ? code : (/^[^\n]*?(?:\.(?=\s|$)|$)/m.exec(text.slice(start))?.[0] ?? code);
}

/** What the client authenticated with; undefined where that does not show. */
function sentWith({ token }: Situation): ProviderError['sent'] | undefined {
  if (!showsCredentials({ token })) return undefined;
  const { method } = token?.authentication ?? {};
  return method === 'assertion' ? method : method === 'none' ? 'nothing' : 'secret';
}

/** Where the server that answered is, as far as the recording says. */
function addressesOf(situation: Situation): readonly string[] {
  const { token, authorization } = situation;
  const isUnasked = token === null && authorization === null;
  const metadata = isUnasked ? situation.conversation.metadata : metadataFor(situation);
  const urls = [token?.url, authorization?.endpoint, metadata?.issuer];
  return urls.filter((url) => url !== undefined).filter((url) => isUrl(url));
}

interface ErrorRow extends ProviderError {
  readonly provider: Provider;
  readonly source: string;
  readonly pattern: RegExp;
  readonly isCode: boolean;
}

let rows: readonly ErrorRow[] | undefined;

function errorRows(): readonly ErrorRow[] {
  rows ??= writtenErrors().flatMap(({ provider, source, written, meanings }) =>
    meanings.map((error) => ({ ...error, ...patternOf(written, error.exactCase), provider, source })),
  );
  return rows;
}

/** Finds what a server writes, as {@link ProviderError} describes it. */
function patternOf(written: string, exactCase = false): Pick<ErrorRow, 'pattern' | 'isCode'> {
  const alternatives = written.split('|');
  const isWord = (text: string) => /^\w+$/.test(text);
  const source = alternatives.map((text) => (isWord(text) ? `\\b${text}\\b` : patternSource(text)));
  const isCode = alternatives.every(isWord);
  return { pattern: new RegExp(source.join('|'), exactCase || isCode ? '' : 'i'), isCode };
}
