import { type ExactJson, memberNames } from '../json/exact-json.ts';
import type { JsonObject, JsonValue } from '../json/json.ts';
import { isNameOf, type StandardParameter } from './parameter-names.ts';

/** A parameter whose JSON type the specification does not allow. */
export interface WrongType {
  readonly name: string;
  readonly type: 'number' | 'boolean' | 'object' | 'array' | 'string';
}

/** What is wrong with the values of standard parameters, by the names they came under. */
export interface ParameterProblems {
  readonly nullParameters: readonly string[];
  readonly emptyParameters: readonly string[];
  /** Without those that have a finding of their own: scope arrays, lifetimes as digits. */
  readonly wrongTypes: readonly WrongType[];
}

const judged: readonly StandardParameter[] = [
  'access_token',
  'token_type',
  'expires_in',
  'refresh_token',
  'scope',
  'id_token',
];
const judgedErrorMembers = ['error', 'error_description', 'error_uri'];

/** Judges the standard parameters of some objects for null, emptiness and type (RFC 6749 §5.1, §5.2, Appendix A). */
export function findParameterProblems(json: ExactJson, objects: readonly JsonObject[]): ParameterProblems {
  const nullParameters = new Set<string>();
  const emptyParameters = new Set<string>();
  const wrongTypes = new Map<string, WrongType>();
  for (const object of objects) {
    for (const name of memberNames(json, object)) {
      const parameter = judgedParameter(name);
      const value = object[name];
      if (parameter === undefined || value === undefined) {
        continue;
      }
      if (value === null) {
        nullParameters.add(name);
      } else if (value === '') {
        emptyParameters.add(name);
      } else if (!isAllowed(parameter, value)) {
        wrongTypes.set(name, { name, type: jsonType(value) });
      }
    }
  }
  return {
    nullParameters: [...nullParameters],
    emptyParameters: [...emptyParameters],
    wrongTypes: [...wrongTypes.values()],
  };
}

/** The JSON type of a value that is not null. */
export function jsonType(value: Exclude<JsonValue, null>): WrongType['type'] {
  return Array.isArray(value) ? 'array' : (typeof value as WrongType['type']);
}

function judgedParameter(name: string): string | undefined {
  return judgedErrorMembers.includes(name) ? name : judged.find((parameter) => isNameOf(parameter, name));
}

function isAllowed(parameter: string, value: Exclude<JsonValue, null>): boolean {
  switch (parameter) {
    case 'expires_in':
      return typeof value === 'number' || isDigits(value);
    case 'scope':
      return typeof value === 'string' || Array.isArray(value);
    default:
      return typeof value === 'string';
  }
}

/** Tells whether a value is a whole number written as a string. */
export function isDigits(value: JsonValue): value is string {
  return typeof value === 'string' && /^-?\d+$/.test(value);
}
