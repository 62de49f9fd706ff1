import type { core } from 'zod/mini';
import { closestName } from '../closest-name.ts';
import { ConfigError } from '../errors.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../json/json.ts';
import { type ParsedJsonc, parseJsonc } from './parse-jsonc.ts';
import { profileNameRule } from './profile-name.ts';
import type { SettingKey } from './setting-key.ts';
import type { ProfileSettings } from './settings.ts';
import { buildSettingsSchema, expectedOf } from './settings-schema.ts';

/** What a settings file says. */
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
  const parsed = parseJsonc(text.replace(/^\uFEFF/, ''));
  if (parsed === undefined) return { profiles: new Map() };
  if ('problem' in parsed) {
    const { line, column } = parsed.at;
    throw new ConfigError(`${file}:${line}:${column} is no JSON: ${parsed.problem}.`, {
      hint: 'Comments and trailing commas are fine; every name stands in double quotes.',
    });
  }
  requireVersion(parsed, file);
  const result = buildSettingsSchema(keys).safeParse(parsed.value);
  if (!result.success) throw settingsError(result.error.issues, parsed, file, keys);
  return settingsOf(parsed.value as JsonObject);
}

function requireVersion({ value, positionOf }: ParsedJsonc, file: string): void {
  if (!isJsonObject(value)) throw new ConfigError(`${file} does not hold a JSON object.`);
  if (value.version === 1) return;
  if (typeof value.version === 'number' && value.version > 1) {
    throw new ConfigError(
      `${file} has version ${value.version}, which is newer than this oauth-code can read (1).`,
      { hint: 'Update oauth-code, or name another file with --config FILE.' },
    );
  }
  const { line, column } = positionOf(['version']);
  throw new ConfigError(`${file}:${line}:${column}: "version" has to be 1.`, {
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

/** One problem in words: what it is about, what was expected, what was probably meant. */
interface Problem {
  readonly path: readonly PropertyKey[];
  /** The name it is about, when that is what is wrong. */
  readonly name?: string;
  readonly message: string;
  readonly hint?: string;
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
  if (first === undefined) return new ConfigError(`${file} does not hold what it should.`);
  const others = more.length === 0 ? '' : ` (${more.length} more after it)`;
  return new ConfigError(`${file}:${first.at.line}:${first.at.column}: ${first.message}${others}.`, {
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
        message: profileNameRule,
      },
    ];
  }
  const key = path.length > 2 ? keys.find(({ name }) => name === keyName) : undefined;
  if (key === undefined) {
    const expected = path.length === 2 || top === 'profiles' ? 'a JSON object' : 'a text';
    return [{ path, message: `"${path.at(-1)?.toString()}" has to be ${expected}` }];
  }
  if (key.choices !== undefined) {
    return [{ path, message: `"${key.name}" has to be one of ${key.choices.join(', ')}` }];
  }
  return [{ path, message: `"${key.name}" has to be ${expectedOf[key.kind]}` }];
}

function unknownName(name: string, path: readonly PropertyKey[], known: readonly string[]): Problem {
  const meant = closestName(name.replaceAll('-', '_'), known);
  return {
    path,
    name,
    message: `"${name}" is no setting`,
    hint:
      meant === undefined
        ? 'A setting is a long option with underscores; oauth-code profile save --help shows them.'
        : `Did you mean "${meant}"?`,
  };
}

/** Checks one setting as a file would hold it. @throws ConfigError naming what was expected, never the value. */
export function requireSetting(key: SettingKey, value: JsonValue): void {
  const candidate = { version: 1, profiles: { profile: { [key.name]: value } } };
  const result = buildSettingsSchema([key]).safeParse(candidate);
  const [problem] = result.success ? [] : result.error.issues.flatMap((issue) => problemsOf(issue, [key]));
  if (problem !== undefined) throw new ConfigError(`${problem.message}.`);
}
