import Ajv2020 from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { profileKeys } from '../../src/settings/profile-keys.ts';
import { buildJsonSchema, parseSettings } from '../../src/storage/parse-settings.ts';
import { mayStandInProject } from '../../src/storage/project-rules.ts';

const ajv = new Ajv2020({ strict: true, allowUnionTypes: true });
const validate = ajv.compile(buildJsonSchema(profileKeys, 'settings'));
const projectKeys = profileKeys.filter(({ name }) => mayStandInProject(name));
const validateProject = ajv.compile(buildJsonSchema(projectKeys, 'project'));

const inProfile = (settings: object) => ({ version: 1, profiles: { a: settings } });

describe('the published schema', () => {
  it.each([
    [{ version: 1 }, true],
    [{ $schema: 'x', version: 1, default_profile: 'a', profiles: {} }, true],
    [{}, false],
    [{ version: 2 }, false],
    [{ version: 1, profile: {} }, false],
    [{ version: 1, profiles: { '-a': {} } }, false],
    [inProfile({ issuer: 'https://a.example', client_id: 'c', scope: ['a'], timeout: 3 }), true],
    [inProfile({ issuer: 'a.example' }), false],
    [inProfile({ timeout: '3' }), false],
    [inProfile({ scop: 'a' }), false],
    [inProfile({ client_secret: { env: 'S' } }), true],
    [inProfile({ client_secret: { env: 'S', file: 'x' } }), false],
    [inProfile({ params: { a: 'b', c: null } }), true],
    [inProfile({ params: { a: 1 } }), false],
    [inProfile({ claims: { id_token: { email: null } } }), true],
    [inProfile({ pkce: 'S384' }), false],
  ])('judges %j as the program does', (document, sound) => {
    expect(validate(document)).toBe(sound);
    const reads = () => parseSettings(JSON.stringify(document), '/c.json', profileKeys);
    if (sound) expect(reads).not.toThrow();
    else expect(reads).toThrow();
  });

  it('knows every setting and describes it', () => {
    const schema = buildJsonSchema(profileKeys, 'settings') as {
      properties: {
        profiles: { additionalProperties: { properties: Record<string, { description?: string }> } };
      };
    };
    const { properties } = schema.properties.profiles.additionalProperties;
    expect(Object.keys(properties)).toEqual(profileKeys.map(({ name }) => name));
    expect(Object.values(properties).every(({ description }) => description !== undefined)).toBe(true);
  });

  it('of a project knows less', () => {
    expect(validateProject(inProfile({ issuer: 'https://a.example', scope: 'a' }))).toBe(true);
    for (const settings of [{ client_secret: { env: 'S' } }, { browser: 'x' }, { proxy: 'http://p' }]) {
      expect(validate(inProfile(settings))).toBe(true);
      expect(validateProject(inProfile(settings))).toBe(false);
    }
  });
});
