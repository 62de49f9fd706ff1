import type { core } from 'zod/mini';
import * as z from 'zod/mini';
import { closestName } from '../closest-name.ts';
import { ConfigError, UsageError } from '../errors.ts';
import { isJsonObject, type JsonObject, type JsonValue, parsePlainJson } from '../json/json.ts';
import { own, type Said, say } from '../say.ts';
import { type ParsedJsonc, parseJsonc } from './jsonc.ts';
import {
  type ProfileSettings,
  profileName,
  profileNameRule,
  type SettingKey,
  type SettingKind,
} from './settings.ts';

/** The content of a settings file. */
export interface ParsedSettings {
  readonly defaultProfile?: string;
  readonly profiles: ReadonlyMap<string, ProfileSettings>;
}

const topLevelNames = ['$schema', 'version', 'default_profile', 'profiles'];

/**
 * Reads the text of a settings file strictly; an empty one holds no settings.
 * @throws ConfigError with `FILE:LINE:COLUMN` for the first thing that is wrong; no value is ever shown.
 */
export function parseSettings(text: string, file: string, keys: readonly SettingKey[]): ParsedSettings {
  const parsed = parseJsonc(text);
  if (parsed === undefined) return { profiles: new Map() };
  if ('problem' in parsed) {
    const { line, column } = parsed.at;
    throw new ConfigError(say`${file}:${line}:${column} is not JSON: ${parsed.problem}.`, {
      hint: 'Comments and trailing commas are fine; every name stands in double quotes.',
    });
  }
  // The schema passes such a member by, and what it holds.
  const path = pathToPrototype(parsed.value);
  if (path !== undefined) {
    throw settingsError(
      [{ code: 'unrecognized_keys', keys: [prototypeName], path, message: '' }],
      parsed,
      file,
      keys,
    );
  }
  requireVersion(parsed, file);
  const result = buildSettingsSchema(keys).safeParse(parsed.value);
  if (!result.success) throw settingsError(result.error.issues, parsed, file, keys);
  return settingsOf(parsed.value as JsonObject);
}

const prototypeName = '__proto__';

/** The path to the first object that has a member of that name. */
function pathToPrototype(value: JsonValue): PropertyKey[] | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (Object.hasOwn(value, prototypeName)) return [];
  for (const [name, inner] of Object.entries(value)) {
    const path = pathToPrototype(inner);
    if (path !== undefined) return [name, ...path];
  }
  return undefined;
}

function requireVersion({ value, positionOf }: ParsedJsonc, file: string): void {
  if (!isJsonObject(value)) throw new ConfigError(say`${file} does not hold a JSON object.`);
  if (value.version === 1) return;
  if (typeof value.version === 'number' && value.version > 1) {
    throw new ConfigError(
      say`${file} has version ${value.version}, which is newer than this oauth-code can read (1).`,
      { hint: 'Update oauth-code, or name another file with --config FILE.' },
    );
  }
  const { line, column } = positionOf(['version']);
  throw new ConfigError(say`${file}:${line}:${column}: "version" has to be 1.`, {
    hint: 'Add the line "version": 1 at the top.',
  });
}

function settingsOf(value: JsonObject): ParsedSettings {
  const profiles = isJsonObject(value.profiles) ? Object.entries(value.profiles) : [];
  return {
    ...(typeof value.default_profile === 'string' ? { defaultProfile: value.default_profile } : {}),
    profiles: new Map(
      profiles.map(([name, settings]) => [name, new Map(Object.entries(settings as JsonObject))]),
    ),
  };
}

/** One problem in words, with the expected value and a suggestion. */
interface Problem {
  readonly path: readonly PropertyKey[];
  /** The name, when the name itself is wrong. */
  readonly name?: string | undefined;
  readonly message: Said;
  readonly hint?: Said;
}

function settingsError(
  issues: readonly core.$ZodIssue[],
  { positionOf }: ParsedJsonc,
  file: string,
  keys: readonly SettingKey[],
): ConfigError {
  const problems = issues
    .flatMap((issue) => problemsOf(issue, keys))
    .map((problem) => ({ ...problem, at: positionOf(problem.path, problem.name) }))
    .sort((a, b) => a.at.line - b.at.line || a.at.column - b.at.column);
  const [first, ...more] = problems;
  if (first === undefined) return new ConfigError(say`${file} has invalid settings.`);
  const others = more.length === 0 ? '' : say` (${more.length} more after it)`;
  return new ConfigError(say`${file}:${first.at.line}:${first.at.column}: ${first.message}${others}.`, {
    hint: first.hint,
  });
}

function problemsOf(issue: core.$ZodIssue, keys: readonly SettingKey[]): Problem[] {
  const { path } = issue;
  const [top, profile, keyName] = path.map(String);
  if (issue.code === 'unrecognized_keys') {
    const known = path.length === 0 ? topLevelNames : path.length === 2 ? keys.map(({ name }) => name) : [];
    return issue.keys.map((name) => unknownName(name, path, known));
  }
  if (issue.code === 'invalid_key' && path.length === 2) {
    return [
      {
        path: [top ?? ''],
        ...(profile === undefined ? {} : { name: profile }),
        message: own(profileNameRule),
      },
    ];
  }
  const key = path.length > 2 ? keys.find(({ name }) => name === keyName) : undefined;
  if (key === undefined) {
    const expected = path.length === 2 || top === 'profiles' ? 'a JSON object' : 'a text';
    return [{ path, message: say`"${path.at(-1)?.toString() ?? ''}" has to be ${own(expected)}` }];
  }
  if (key.choices !== undefined) {
    return [{ path, message: own(`"${key.name}" has to be one of ${key.choices.join(', ')}`) }];
  }
  return [{ path, message: own(`"${key.name}" has to be ${expectedOf[key.kind]}`) }];
}

function unknownName(name: string, path: readonly PropertyKey[], known: readonly string[]): Problem {
  const meant = closestName(name.replaceAll('-', '_'), known);
  return {
    path,
    name,
    message: say`"${name}" is not a setting`,
    hint:
      meant === undefined
        ? own(
            'A setting is a long option with underscores; oauth-code profile save --help lists the settings.',
          )
        : own(`Did you mean "${meant}"?`),
  };
}

/** Checks one setting as a file would hold it. @throws ConfigError naming what was expected, never the value. */
function requireSetting(key: SettingKey, value: JsonValue): void {
  const candidate = { version: 1, profiles: { profile: { [key.name]: value } } };
  const result = buildSettingsSchema([key]).safeParse(candidate);
  const [problem] = result.success ? [] : result.error.issues.flatMap((issue) => problemsOf(issue, [key]));
  if (problem !== undefined) throw new ConfigError(say`${problem.message}.`);
}

/** How a message describes the expected value of each kind. */
const expectedOf: Readonly<Record<SettingKind, string>> = {
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
function buildSettingsSchema(keys: readonly SettingKey[]): z.ZodMiniType {
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
    throw new UsageError(say`${source} cannot be saved: ${error.message}`);
  }
}

/** A value that cannot be converted stays a text, for the validation to refuse. */
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
    case 'secret': {
      const value = parsePlainJson(text);
      return value === undefined ? text : value;
    }
    case 'parameters':
      return parametersOf(texts);
    default:
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
