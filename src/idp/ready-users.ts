import type { JsonObject } from '../json/json.ts';

/** The users that are there without an options file: their claims (OpenID Connect Core 1.0 §5.1), `sub` the user name. */
export const readyUsers: readonly JsonObject[] = [
  {
    sub: 'alice',
    name: 'Alice Adams',
    given_name: 'Alice',
    family_name: 'Adams',
    nickname: 'Al',
    preferred_username: 'alice',
    gender: 'female',
    birthdate: '1990-04-12',
    zoneinfo: 'Europe/Prague',
    locale: 'en',
    updated_at: 1_760_000_000,
    email: 'alice@example.com',
    email_verified: true,
    phone_number: '+420 601 000 001',
    phone_number_verified: true,
    address: {
      formatted: 'Loopback Lane 1\n110 00 Prague\nCzechia',
      street_address: 'Loopback Lane 1',
      locality: 'Prague',
      postal_code: '110 00',
      country: 'Czechia',
    },
  },
  {
    sub: 'bob',
    name: 'Bob Brown',
    given_name: 'Bob',
    family_name: 'Brown',
    preferred_username: 'bob',
    zoneinfo: 'America/New_York',
    locale: 'en-US',
    updated_at: 1_760_000_000,
    email: 'bob@example.org',
    email_verified: false,
    phone_number: '+1 212 555 0100',
    phone_number_verified: false,
    address: { street_address: '1 Localhost Street', locality: 'New York', region: 'NY', country: 'USA' },
  },
];

/** The claims each scope value asks for (OpenID Connect Core 1.0 §5.4). */
export const scopeClaims: JsonObject = {
  address: ['address'],
  email: ['email', 'email_verified'],
  phone: ['phone_number', 'phone_number_verified'],
  profile: [
    'birthdate',
    'family_name',
    'gender',
    'given_name',
    'locale',
    'middle_name',
    'name',
    'nickname',
    'picture',
    'preferred_username',
    'profile',
    'updated_at',
    'website',
    'zoneinfo',
  ],
};
