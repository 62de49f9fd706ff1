import { defineScalarTag, FAILSAFE_SCHEMA, loadAll, mergeTag, YAMLException } from 'js-yaml';
import { ConfigError } from '../../errors.ts';
import type { JsonValue } from '../../json/json.ts';
import { say } from '../../say.ts';

/** Every scalar is a text, whatever its tag. */
const anyTag = defineScalarTag('', {
  matchByTagPrefix: true,
  resolve: (source) => source,
  identify: () => false,
});
const schema = FAILSAFE_SCHEMA.withTags(mergeTag, anyTag);

/** More than a kubeconfig needs; a text past one of these bounds would keep the reader busy for minutes. */
const bounds = { maxDepth: 100, maxAliases: 100, maxTotalMergeKeys: 10_000 };

/** What the library reports, in words that quote nothing of the text. */
const problems: readonly (readonly [reason: RegExp, problem: string])[] = [
  [/exceeded max|merge sequence/, 'it is nested too deeply, or has too many aliases'],
  [/\btabs?\b/, 'a tab indents the line'],
  [/indent|multiline key/, 'this cannot stand here, or the indentation is wrong'],
  [/flow collection/, 'a comma or a closing bracket is missing'],
  [/quoted scalar/, 'a closing quote is missing'],
  [/alias|anchor|merge/, 'an alias or a merge key leads nowhere'],
];

/**
 * Reads the first document of a YAML text, as kubectl does, anchors and merge keys included. Every scalar is a text,
 * spelled as in the file; of a name that occurs twice in a mapping the last one counts.
 * @throws ConfigError with the place for anything that is not YAML or too large; no value is shown
 */
export function readYaml(text: string, file: string): JsonValue {
  try {
    const [document = null] = loadAll(text, { schema, json: true, ...bounds });
    return document as JsonValue;
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const { reason, mark } = error;
    const place = mark === undefined ? '' : `:${mark.line + 1}:${mark.column + 1}`;
    const problem = problems.find(([pattern]) => pattern.test(reason))?.[1] ?? 'this cannot stand here';
    throw new ConfigError(say`${file}${place} is not readable YAML: ${problem}.`, {
      hint: 'Give the file as JSON instead, such as from: kubectl config view --raw -o json',
    });
  }
}
