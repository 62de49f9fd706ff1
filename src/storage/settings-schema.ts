import * as z from 'zod/mini';
import { profileName } from './profile-name.ts';
import type { SettingKey, SettingKind } from './setting-key.ts';

/** What each kind of setting is called where it is something else; never shows the value. */
export const expectedOf: Readonly<Record<SettingKind, string>> = {
  text: 'a text that is not empty',
  url: 'an absolute http or https URL',
  path: 'a path',
  number: 'a number that is not negative',
  switch: 'true or false',
  list: 'a text or a list of texts',
  json: 'a JSON object or list',
  parameters: 'an object of texts; null removes a parameter',
  secret: '{"env": NAME}, {"file": PATH} or {"keychain": true}',
};

const text = z.string().check(z.minLength(1));

const schemas: Readonly<Record<SettingKind, () => z.ZodMiniType>> = {
  text: () => text,
  // As text in the published schema: editors know no http-only format.
  url: () => z.string().check(z.regex(/^https?:\/\/[^\s/]/i)),
  path: () => text,
  number: () => z.number().check(z.nonnegative()),
  switch: () => z.boolean(),
  list: () => z.union([text, z.array(text)]),
  json: () => z.union([z.array(z.json()), z.record(z.string(), z.json())]),
  parameters: () => z.record(z.string().check(z.minLength(1)), z.nullable(z.string())),
  secret: () =>
    z.union([
      z.strictObject({ env: text }),
      z.strictObject({ file: text }),
      z.strictObject({ keychain: z.literal(true) }),
      text,
    ]),
};

/** The schema of a settings file whose profiles may hold these keys, and no others. */
export function buildSettingsSchema(keys: readonly SettingKey[]): z.ZodMiniType {
  const profile = z.strictObject(
    Object.fromEntries(keys.map((key) => [key.name, z.optional(schemaOf(key))])),
  );
  return z.strictObject({
    $schema: z.optional(z.string()),
    version: described(z.literal(1), 'version of the format'),
    default_profile: z.optional(described(z.string(), 'the profile used when none is named')),
    profiles: z.optional(z.record(z.string().check(z.regex(profileName)), profile)),
  });
}

/** That schema as JSON Schema (draft 2020-12), for editors. */
export function buildJsonSchema(keys: readonly SettingKey[], title: string): object {
  const { $schema, ...schema } = z.toJSONSchema(buildSettingsSchema(keys), { io: 'input' });
  return { $schema, title, ...schema };
}

function schemaOf({ kind, choices, description }: SettingKey): z.ZodMiniType {
  return described(choices === undefined ? schemas[kind]() : z.enum([...choices]), description);
}

function described(schema: z.ZodMiniType, description: string): z.ZodMiniType {
  return schema.check(z.describe(description));
}
