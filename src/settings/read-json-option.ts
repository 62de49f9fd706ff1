import { UsageError } from '../errors.ts';
import { isJsonObject, type JsonValue } from '../json/json.ts';
import { own, say } from '../say.ts';
import type { OptionReader } from './option-reader.ts';

const examples = {
  claims: '{"id_token":{"email":null}}',
  'authorization-details': '[{"type":"payment"}]',
};

/** The text of an option that holds JSON, once it is known to be that. @throws UsageError */
export function readJsonOption(options: OptionReader, name: keyof typeof examples): string {
  const text = options.text(name) ?? '';
  const example = examples[name];
  try {
    const value: JsonValue = JSON.parse(text);
    if (name === 'claims' ? isJsonObject(value) : isDetails(value)) return text;
  } catch (error) {
    const reason = error instanceof Error ? `${error.message}. ` : '';
    throw new UsageError(say`${options.source(name)} is not JSON.`, {
      hint: say`${reason}A shell takes away quotation marks that are not quoted. For example: --${own(name)} '${own(example)}'`,
    });
  }
  throw new UsageError(
    name === 'claims'
      ? say`${options.source(name)} is not a JSON object (OIDC Core §5.5).`
      : say`${options.source(name)} is not a JSON array of objects that each have a type (RFC 9396 §2).`,
    { hint: say`For example: --${own(name)} '${own(example)}'` },
  );
}

function isDetails(value: JsonValue): boolean {
  return Array.isArray(value) && value.every((one) => isJsonObject(one) && typeof one.type === 'string');
}
