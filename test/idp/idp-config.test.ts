import fc from 'fast-check';
import getDefaults from 'oidc-provider/lib/helpers/defaults.js';
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/errors.ts';
import {
  emptyIdpConfig,
  locateJsonSyntaxError,
  mergeById,
  providerMembers,
  readIdpConfig,
} from '../../src/idp/idp-config.ts';
import { inputs } from '../every-case.ts';

const refusal = (text: string): ConfigError => {
  try {
    readIdpConfig(text, 'idp.json');
  } catch (cause) {
    if (cause instanceof ConfigError) return cause;
    throw cause;
  }
  throw new Error('it was not refused');
};

describe('readIdpConfig', () => {
  it('keeps what is given and fills in what is not', () => {
    expect(readIdpConfig('{}', 'idp.json')).toEqual({ ...emptyIdpConfig, source: 'idp.json' });
    const text = '{"clients": [{"client_id": "a"}], "users": [{"sub": "c"}], "ttl": {"IdToken": 1}}';
    expect(readIdpConfig(text, 'idp.json')).toEqual({
      source: 'idp.json',
      clients: [{ client_id: 'a' }],
      users: [{ sub: 'c' }],
      accessTokenFormat: 'jwt',
      provider: { ttl: { IdToken: 1 } },
    });
  });

  it.each([
    ['[]', 'idp.json must hold one JSON object.'],
    ['{"accessTokenFormat": "paseto"}', 'accessTokenFormat must be "jwt" or "opaque"'],
    ['{"clients": {}}', 'clients must be an array of objects'],
    ['{"clients": [1]}', 'clients[0] must be an object'],
    ['{"clients": [{"client_id": "a"}, {}]}', 'clients[1] needs a client_id'],
    ['{"users": [{"sub": "a"}, {"sub": "a"}]}', 'users[1] repeats the sub "a"'],
    ['{"ttl": {},\n  "scopes": oops}', 'line 2, column 13'],
    ['', 'line 1, column 1'],
  ])('refuses %j', (text, message) => {
    expect(refusal(text).message).toContain(message);
  });

  it.each([
    ['feature', 'features'],
    ['client', 'clients'],
    ['user', 'users'],
    ['accesstokenformat', 'accessTokenFormat'],
  ])('takes the unknown member %s for %s', (name, meant) => {
    const error = refusal(JSON.stringify({ [name]: {} }));
    expect(error.message).toBe(`idp.json has the unknown member "${name}".`);
    expect(error.hint).toBe(`Did you mean "${meant}"?`);
  });

  it('lists the known members when none is near', () => {
    expect(refusal('{"qqqqqqqqqq": 1}').hint).toMatch(/^Known members: clients, users, /);
  });

  it('never quotes the file when it is not JSON', () => {
    expect(refusal('{"clients": [{"client_secret": hush}]}').message).not.toContain('hush');
  });

  it('knows only members that oidc-provider has', () => {
    expect(Object.keys(getDefaults())).toEqual(expect.arrayContaining([...providerMembers]));
  });
});

describe('mergeById', () => {
  it('lays members over those with the same id, keeps the order and adds the rest', () => {
    const ready = [
      { id: 'a', x: 1, y: 1 },
      { id: 'b', x: 2 },
    ];
    expect(mergeById(ready, [{ id: 'c' }, { id: 'a', y: 9 }], 'id')).toEqual([
      { id: 'a', x: 1, y: 9 },
      { id: 'b', x: 2 },
      { id: 'c' },
    ]);
  });
});

describe('locateJsonSyntaxError', () => {
  it.each([
    ['{"a": }', 1, 7],
    ['{"a": 1,}', 1, 9],
    ['{\n "a": 1\n "b": 2}', 3, 2],
    ['[1, 2', 1, 6],
    ['nul', 1, 4],
    ['{} x', 1, 4],
  ])('points into %j', (text, line, column) => {
    expect(locateJsonSyntaxError(text)).toEqual({ line, column });
  });

  it('points at the first foreign character in any JSON text', () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(), (json, at) => {
        const place = at % (json.length + 1);
        const broken = `${json.slice(0, place)}\u0001${json.slice(place)}`;
        expect(locateJsonSyntaxError(broken)).toEqual({ line: 1, column: place + 1 });
      }),
      { numRuns: inputs(200) },
    );
  });
});
