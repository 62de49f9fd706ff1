import { isJsonObject, type JsonObject, type JsonValue } from '../json/json.ts';
import { placeholderOf } from '../protocol/placeholder.ts';
import type { ProfileSettings } from '../storage/settings.ts';
import { createRedactor, isSecretParameter } from './redact.ts';

/** Settings as they are shown: a secret itself is replaced by a placeholder unless secrets are shown. */
export function shownSettings(settings: ProfileSettings, showSecrets: boolean): JsonObject {
  return Object.fromEntries(
    [...settings].map(([key, value]) => [key, showSecrets ? value : withoutSecrets(key, value)]),
  );
}

/** Tells whether a setting holds a secret itself, which the tool writes into no file. */
export function holdsSecret(key: string, value: JsonValue): boolean {
  return JSON.stringify(withoutSecrets(key, value)) !== JSON.stringify(value);
}

function withoutSecrets(key: string, value: JsonValue): JsonValue {
  if (key === 'client_secret') return typeof value === 'string' ? placeholderOf(key) : value;
  if (!isJsonObject(value)) return typeof value === 'string' ? createRedactor().redactUrl(value) : value;
  const members = Object.entries(value).map(([name, inner]) => {
    const isSecret = typeof inner === 'string' && isSecretParameter(name);
    return [name, isSecret ? placeholderOf(name) : inner] as const;
  });
  return Object.fromEntries(members);
}
