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
  const settings = requireVersion(parsed, file);
  const unusable = prototypeMembers(settings, []);
  const problems = unusable.length > 0 ? unusable : problemsIn(settings, keys);
  if (problems.length > 0) throw settingsError(problems, parsed, file);
  return settingsOf(settings);
}

function requireVersion({ value, positionOf }: ParsedJsonc, file: string): JsonObject {
  if (!isJsonObject(value)) throw new ConfigError(say`${file} does not hold a JSON object.`);
  if (value.version === 1) return value;
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
  const profiles = Object.entries((value.profiles ?? {}) as JsonObject);
  return {
    ...(typeof value.default_profile === 'string' ? { defaultProfile: value.default_profile } : {}),
    profiles: new Map(
      profiles.map(([name, settings]) => [name, new Map(Object.entries(settings as JsonObject))]),
    ),
  };
}

/** One problem in words, with the expected value and a suggestion. */
interface Problem {
  readonly path: readonly string[];
  /** The name, when the name itself is wrong. */
  readonly name?: string;
  readonly message: Said;
  readonly hint?: Said;
}

function settingsError(found: readonly Problem[], { positionOf }: ParsedJsonc, file: string): ConfigError {
  const [first, ...more] = found
    .map((problem) => ({ ...problem, at: positionOf(problem.path, problem.name) }))
    .sort((a, b) => a.at.line - b.at.line || a.at.column - b.at.column);
  if (first === undefined) return new ConfigError(say`${file} has invalid settings.`);
  const others = more.length === 0 ? '' : say` (${more.length} more after it)`;
  return new ConfigError(say`${file}:${first.at.line}:${first.at.column}: ${first.message}${others}.`, {
    hint: first.hint,
  });
}

function problemsIn(settings: JsonObject, keys: readonly SettingKey[]): Problem[] {
  const { $schema, default_profile, profiles = {} } = settings;
  return [
    ...unknownNames(settings, [], topLevelNames),
    ...Object.entries({ $schema, default_profile })
      .filter(([, value]) => value !== undefined && typeof value !== 'string')
      .map(([name]) => ({ path: [name], message: say`"${name}" has to be a text` })),
    ...(isJsonObject(profiles)
      ? Object.entries(profiles).flatMap(([name, profile]) => problemsInProfile(name, profile, keys))
      : [{ path: ['profiles'], message: own('"profiles" has to be a JSON object') }]),
  ];
}

function problemsInProfile(name: string, profile: JsonValue, keys: readonly SettingKey[]): Problem[] {
  if (!profileName.test(name)) return [{ path: ['profiles'], name, message: own(profileNameRule) }];
  const path = ['profiles', name];
  if (!isJsonObject(profile)) return [{ path, message: say`"${name}" has to be a JSON object` }];
  const known = keys.filter((key) => Object.hasOwn(profile, key.name));
  return [
    ...unknownNames(
      profile,
      path,
      keys.map((key) => key.name),
    ),
    ...known.flatMap((key) => problemWith(key, profile[key.name] ?? null, path)),
  ];
}

/** A member of that name means nothing anywhere in the file. */
function prototypeMembers(value: JsonValue, path: readonly string[]): Problem[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    name === '__proto__' ? [notASetting(name, path, [])] : prototypeMembers(inner, [...path, name]),
  );
}

function unknownNames(object: JsonObject, path: readonly string[], known: readonly string[]): Problem[] {
  return Object.keys(object)
    .filter((name) => !known.includes(name))
    .map((name) => notASetting(name, path, known));
}

function notASetting(name: string, path: readonly string[], known: readonly string[]): Problem {
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

/** No value is ever in the message. */
function problemWith(key: SettingKey, value: JsonValue, path: readonly string[]): Problem[] {
  const { name, kind, choices } = key;
  const { expected, accepts } = kinds[kind];
  const isSound = choices === undefined ? accepts(value) : isText(value) && choices.includes(value);
  if (isSound) return [];
  // The name beside a known place is what is wrong.
  if (kind === 'secret' && isJsonObject(value) && secretPlaces.some((place) => Object.hasOwn(value, place))) {
    const unknown = unknownNames(value, [...path, name], secretPlaces);
    if (unknown.length > 0) return unknown;
  }
  const wanted = choices === undefined ? expected : `one of ${choices.join(', ')}`;
  return [{ path: [...path, name], message: own(`"${name}" has to be ${wanted}`) }];
}

/** A kind of value: in words, as JSON Schema, and as the program judges it. */
interface Kind {
  readonly expected: string;
  readonly schema: object;
  readonly accepts: (value: JsonValue) => boolean;
}

const isText = (value: JsonValue | undefined): value is string => typeof value === 'string' && value !== '';
const secretPlaces = ['env', 'file', 'keychain'];
const isUrl = /^https?:\/\/[^\s/]/i;
const text = { type: 'string', minLength: 1 };
const only = (name: string, schema: object) => ({
  type: 'object',
  properties: { [name]: schema },
  required: [name],
  additionalProperties: false,
});

const kinds: Readonly<Record<SettingKind, Kind>> = {
  text: { expected: 'a text that is not empty', schema: text, accepts: isText },
  url: {
    expected: 'an absolute http or https URL',
    // As text in the published schema: editors know no http-only format.
    schema: { type: 'string', pattern: isUrl.source },
    accepts: (value) => isText(value) && isUrl.test(value),
  },
  path: { expected: 'a path', schema: text, accepts: isText },
  number: {
    expected: 'a number that is not negative',
    schema: { type: 'number', minimum: 0 },
    accepts: (value) => typeof value === 'number' && value >= 0 && value < Number.POSITIVE_INFINITY,
  },
  switch: {
    expected: 'true or false',
    schema: { type: 'boolean' },
    accepts: (value) => typeof value === 'boolean',
  },
  list: {
    expected: 'a text or a list of texts',
    schema: { anyOf: [text, { type: 'array', items: text }] },
    accepts: (value) => (Array.isArray(value) ? value.every(isText) : isText(value)),
  },
  json: {
    expected: 'a JSON object or list',
    schema: { type: ['array', 'object'] },
    accepts: (value) => typeof value === 'object' && value !== null,
  },
  parameters: {
    expected: 'an object of texts; null removes a parameter',
    schema: { type: 'object', propertyNames: text, additionalProperties: { type: ['string', 'null'] } },
    accepts: (value) =>
      isJsonObject(value) &&
      Object.entries(value).every(
        ([name, held]) => name !== '' && (held === null || typeof held === 'string'),
      ),
  },
  secret: {
    expected: '{"env": NAME}, {"file": PATH} or {"keychain": true}',
    schema: {
      anyOf: [
        only('env', text),
        only('file', text),
        only('keychain', { type: 'boolean', const: true }),
        text,
      ],
    },
    accepts: (value) => {
      if (!isJsonObject(value)) return isText(value);
      const [[name, held] = [], ...more] = Object.entries(value);
      return (
        more.length === 0 &&
        (name === 'keychain' ? held === true : (name === 'env' || name === 'file') && isText(held))
      );
    },
  },
};

/** What a settings file may hold as JSON Schema (draft 2020-12), for editors. */
export function buildJsonSchema(keys: readonly SettingKey[], title: string): object {
  const profile = keys.map(({ name, kind, choices, description }) => [
    name,
    { ...(choices === undefined ? kinds[kind].schema : { type: 'string', enum: choices }), description },
  ]);
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title,
    type: 'object',
    properties: {
      $schema: { type: 'string' },
      version: { type: 'number', const: 1, description: 'version of the format' },
      default_profile: { type: 'string', description: 'the profile used when none is named' },
      profiles: {
        type: 'object',
        propertyNames: { type: 'string', pattern: profileName.source },
        additionalProperties: {
          type: 'object',
          properties: Object.fromEntries(profile),
          additionalProperties: false,
        },
      },
    },
    required: ['version'],
    additionalProperties: false,
  };
}

/**
 * A setting as a file holds it, from what an option or `KEY=VALUE` gave.
 * @throws UsageError naming the source and what was expected, never the value
 */
export function settingFromTexts(key: SettingKey, texts: readonly string[], source: string): JsonValue {
  const value = convert(key, texts);
  const [problem] = problemWith(key, value, []);
  if (problem !== undefined) throw new UsageError(say`${source} cannot be saved: ${problem.message}.`);
  return value;
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
