import { ConfigError, UsageError } from '../errors.ts';
import type { JsonObject, JsonValue } from '../json/json.ts';
import { requireSetting } from './parse-settings.ts';
import type { SettingKey } from './setting-key.ts';

/**
 * A setting as a file holds it, from what an option or `KEY=VALUE` gave.
 * @throws UsageError naming the source and what was expected, never the value
 */
export function settingFromTexts(key: SettingKey, texts: readonly string[], source: string): JsonValue {
  const value = convert(key, texts);
  try {
    requireSetting(key, value);
    return value;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new UsageError(`${source} cannot be saved: ${error.message}`);
  }
}

/** What cannot be converted stays a text, for the validation to refuse. */
function convert({ kind }: SettingKey, texts: readonly string[]): JsonValue {
  const [text = ''] = texts;
  switch (kind) {
    case 'number':
      return /^\d+(\.\d+)?$/.test(text) ? Number(text) : text;
    case 'switch':
      return text === 'true' ? true : text === 'false' ? false : text;
    case 'list':
      return texts.length === 1 ? text : [...texts];
    case 'json':
    case 'secret':
      return jsonOr(text);
    case 'parameters':
      return parametersOf(texts);
    default:
      return text;
  }
}

function jsonOr(text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return text;
  }
}

/** `k=v` sets, `k=` sets the empty text, `k` alone removes; the last one of a name counts. */
function parametersOf(texts: readonly string[]): JsonObject {
  const parameters: JsonObject = {};
  for (const text of texts) {
    const [, name = '', value] = /^([^=]*)(?:=([\s\S]*))?$/.exec(text) ?? [];
    Object.defineProperty(parameters, name, { value: value ?? null, enumerable: true, configurable: true });
  }
  return parameters;
}
