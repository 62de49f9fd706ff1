import type { Context } from '../../context.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../json/json.ts';
import type { ProfileDocument } from '../../output/documents.ts';
import { createRedactor, isSecretParameter } from '../../output/redact.ts';
import { renderJson } from '../../output/render-json.ts';
import { renderProfile } from '../../output/render-profile.ts';
import { placeholderOf } from '../../protocol/placeholder.ts';
import type { OptionReader } from '../../settings/option-reader.ts';
import { settleOutput, viewOf } from '../../settings/output-settings.ts';
import type { ProfileSettings } from '../../storage/settings.ts';

/** Prints a profile on stdout, as text or JSON. */
export function printProfile(document: ProfileDocument, options: OptionReader, context: Context): void {
  const { stdout } = context.terminal;
  stdout.write(
    settleOutput(options).json
      ? renderJson(document, { pretty: stdout.isTTY, color: stdout.color })
      : renderProfile(document, viewOf(stdout, settleOutput(options), context)),
  );
}

/** Settings as they are shown: whatever is a secret itself is left out unless secrets are to be shown. */
export function shownSettings(settings: ProfileSettings, showSecrets: boolean): JsonObject {
  const entries = [...settings];
  return Object.fromEntries(
    showSecrets ? entries : entries.map(([key, value]) => [key, withoutSecrets(key, value)]),
  );
}

function withoutSecrets(key: string, value: JsonValue): JsonValue {
  if (key === 'client_secret') return typeof value === 'string' ? placeholderOf(key) : value;
  if (isJsonObject(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([name, inner]) => [
        name,
        typeof inner === 'string' && isSecretParameter(name) ? placeholderOf(name) : inner,
      ]),
    );
  }
  return typeof value === 'string' ? createRedactor().redactUrl(value) : value;
}

/** Tells whether a setting holds a secret itself, and so is not written into a file by the tool. */
export function holdsSecret(key: string, value: JsonValue): boolean {
  return JSON.stringify(withoutSecrets(key, value)) !== JSON.stringify(value);
}
