import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkResult } from '../../src/checks/check-result.ts';
import type { JsonObject } from '../../src/json/json.ts';
import type { LoginDocument } from '../../src/output/documents.ts';
import { renderLogin } from '../../src/output/render-login.ts';
import { displayWidth } from '../../src/output/width.ts';
import { own } from '../../src/say.ts';
import { exampleLogin, jwt, now, view } from './example-login.ts';

const outcome = (id: string, outcome: 'pass' | 'fail' | 'warn' | 'skipped') =>
  exampleLogin.checks.map((check) => (check.id === id ? { ...check, outcome } : check));

const heading = (text: string, name: string) => text.split('\n').find((line) => line.startsWith(`${name}  `));

describe('renderLogin', () => {
  it('shows a login on 80 columns', () => {
    expect(renderLogin(exampleLogin, view(), 'oauth-code token -p work')).toMatchInlineSnapshot(`
      "ID token  ✓ verified
        Header
          alg  RS256            algorithm
          typ  JWT              media type
          kid  2026-10-signing  key ID
        Claims
          iss                 https://login.example.com/realms/staff  issuer
          sub                 "248289761001"                        subject
          aud                 web-debugger                          audience
          exp                 2026-11-20 13:10:07 UTC (in 4 min 55 s)  expires
          iat                 2026-11-20 13:05:07 UTC (5 s ago)     issued
          auth_time           2026-11-20 12:03:07 UTC (1 h 2 min ago)  signed in
          nonce               n-0S6_WzA2Mj                          binds the request
          at_hash             77QmUPtjPfzWtF2AnpK9RQ                access token hash
          acr                 "1"                                   assurance level
          amr                 ["pwd", "otp"]                        methods used
          sid                 08a5019c-17e1-4977-8f42-65a12843ea02  session ID
          preferred_username  alice                                 chosen user name
          email               alice@example.com                     email address
          email_verified      true                                  email was checked
          address             {                                     postal address
                                "street_address": "1 Rue de la Paix",
                                "locality": "Paris",
                                "postal_code": "75002",
                                "country": "France"
                              }
          https://example.com/claims/tenant_of_the_person
                              east

      Access token  ? decoded, NOT verified: its audience is the API
        Header
          alg  RS256            algorithm
          typ  at+jwt           media type
          kid  2026-10-signing  key ID
        Claims
          aud        https://api.example.com                   audience
          client_id  web-debugger                              client
          exp        2026-11-20 14:05:07 UTC (in 59 min 55 s)  expires
          jti        fd7a1d42-6d4c-4d8c-8b4e-94a2a6cf1d4c      token ID
          scope      openid profile email orders:read          granted scope
          cnf        {                                         bound to key
                       "jkt": "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"
                     }
          and 3 as in the ID token: iss, sub, iat

      UserInfo  ✓ verified: subject as in the ID token
        name            愛麗絲 Alice 👩🏽\\u{200d}🚀           full name
        given_name      Alice                               first name
        email_verified  "true"                              email was checked
        updated_at      2026-10-11 13:05:12 UTC (40 d ago)  profile changed
        and 2 as in the ID token: sub, email

      Also received
        refresh_expires_in  1800
        device_secret       WJFqNFTGuZ…2d8 (40 characters)

      Checks
        ! Granted scope                                            RFC 6749 §3.3, §5.1
          The server granted less than was asked for: orders:write is missing.
          expected  openid profile email orders:read orders:write
          received  openid profile email orders:read
        ! Response is not cached                                         RFC 6749 §5.1
          A cache between here and the server may keep the tokens.
          expected  Cache-Control: no-store
          received  no Cache-Control

      ✓ Signed in as alice at https://login.example.com/realms/staff
        Access token   eyJhbGciOi…HBw (830 characters)
          type         Bearer
          expires      2026-11-20 14:05:07 UTC (in 59 min 55 s)
          scope        openid profile email orders:read
        Refresh token  Zr4u7x!A%D…fUj (65 characters)
        ID token       eyJhbGciOi…HBw (1111 characters)
          expires      2026-11-20 13:10:07 UTC (in 4 min 55 s)
        Checks         19 checks: 2 warnings, 16 passed, 1 not applicable
                       (--checks lists them)
        next: oauth-code token -p work
      "
    `);
  });

  it('shows a login on 40 columns', () => {
    expect(
      renderLogin({ ...exampleLogin, checks: exampleLogin.checks.slice(7, 10) }, view({ columns: 40 })),
    ).toMatchInlineSnapshot(`
      "ID token  ? decoded, NOT verified
        Header
          alg  RS256  (algorithm)
          typ  JWT  (media type)
          kid  2026-10-signing  (key ID)
        Claims
          iss  (issuer)
        https://login.example.com/realms/staff
          sub  "248289761001"  (subject)
          aud  web-debugger  (audience)
          exp  (expires)
            2026-11-20 13:10:07 UTC
            (in 4 min 55 s)
          iat  (issued)
            2026-11-20 13:05:07 UTC (5 s ago)
          auth_time  (signed in)
            2026-11-20 12:03:07 UTC
            (1 h 2 min ago)
          nonce  (binds the request)
            n-0S6_WzA2Mj
          at_hash  (access token hash)
            77QmUPtjPfzWtF2AnpK9RQ
          acr  "1"  (assurance level)
          amr  ["pwd", "otp"]  (methods used)
          sid  (session ID)
          08a5019c-17e1-4977-8f42-65a12843ea02
          preferred_username
            alice
          email  (email address)
            alice@example.com
          email_verified  (email was checked)
            true
          address  (postal address)
            {
              "street_address": "1 Rue de la
              Paix",
              "locality": "Paris",
              "postal_code": "75002",
              "country": "France"
            }
          https://example.com/claims/tenant_of
          _the_person
            east

      Access token
        ? decoded, NOT verified: its audience
          is the API
        Header
          alg  RS256  (algorithm)
          typ  at+jwt  (media type)
          kid  2026-10-signing  (key ID)
        Claims
          aud  (audience)
            https://api.example.com
          client_id  web-debugger  (client)
          exp  (expires)
            2026-11-20 14:05:07 UTC
            (in 59 min 55 s)
          jti  (token ID)
          fd7a1d42-6d4c-4d8c-8b4e-94a2a6cf1d4c
          scope  (granted scope)
            openid profile email orders:read
          cnf  (bound to key)
            {
              "jkt":
              "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2H
              glBV3uiguA4I"
            }
          and 3 as in the ID token: iss, sub,
          iat

      UserInfo
        ? NOT verified against an ID token
        name  (full name)
          愛麗絲 Alice 👩🏽\\u{200d}🚀
        given_name  Alice  (first name)
        email_verified  (email was checked)
          "true"
        updated_at  (profile changed)
          2026-10-11 13:05:12 UTC (40 d ago)
        and 2 as in the ID token: sub, email

      Also received
        refresh_expires_in  1800
        device_secret
          WJFqNFTGuZ…2d8 (40 characters)

      Checks
        ! Granted scope    RFC 6749 §3.3, §5.1
          The server granted less than was
          asked for: orders:write is missing.
          expected
            openid profile email orders:read
            orders:write
          received
            openid profile email orders:read
        ! Response is not cached
          A cache between here and the server
          may keep the tokens.
          RFC 6749 §5.1
          expected  Cache-Control: no-store
          received  no Cache-Control

      ? Signed in as alice at
        https://login.example.com/realms/staff
        (NOT VERIFIED)
        Access token
          eyJhbGciOi…HBw (830 characters)
          type  Bearer
          expires
          2026-11-20 14:05:07 UTC
          (in 59 min 55 s)
          scope
          openid profile email orders:read
        Refresh token
          Zr4u7x!A%D…fUj (65 characters)
        ID token
          eyJhbGciOi…HBw (1111 characters)
          expires
          2026-11-20 13:10:07 UTC
          (in 4 min 55 s)
        Checks  (--checks lists them)
          3 checks: 2 warnings, 1 passed
      "
    `);
  });

  it.each([
    ['verified', exampleLogin.checks, 'ID token  ✓ verified'],
    ['failed', outcome('id-token-signature', 'fail'), 'ID token  ✗ FAILED: signature'],
    ['not verified on request', outcome('id-token-signature', 'warn'), 'ID token  ? decoded, NOT verified'],
    ['never verified', [], 'ID token  ? decoded, NOT verified'],
    [
      'remarked upon',
      outcome('id-token-nonce', 'warn'),
      'ID token  ! signature verified, but look at: nonce',
    ],
  ])('says at the ID token that it is %s, without colour', (_, checks, expected) => {
    expect(heading(renderLogin({ ...exampleLogin, checks }, view()), 'ID token')).toBe(expected);
  });

  it('says of an encrypted ID token that it cannot be read', () => {
    const decoded = { ...exampleLogin.decoded, id_token: { header: { alg: 'dir' }, claims: null } };
    expect(renderLogin({ ...exampleLogin, decoded }, view())).toContain(
      'ID token  ? encrypted, NOT readable here',
    );
  });

  it.each([
    ['a verified login', {}, '✓ Signed in as alice at https://login.example.com/realms/staff'],
    [
      'a failed check',
      { checks: outcome('id-token-aud', 'fail') },
      '✗ Tokens received at https://login.example.com/realms/staff and NOT to be',
    ],
    [
      'no verification',
      { checks: [] },
      '? Signed in as alice at https://login.example.com/realms/staff (NOT VERIFIED)',
    ],
    [
      'no ID token',
      {
        tokens: { ...exampleLogin.tokens, id_token: undefined },
        decoded: { access_token: null, id_token: null },
        checks: [],
      },
      '✓ Access token received at https://login.example.com/realms/staff',
    ],
    [
      'no issuer',
      { issuer: null, checks: exampleLogin.checks.slice(11, 12) },
      '✓ Signed in as alice as client web-debugger',
    ],
  ])('ends with the verdict: %s', (_, changes, expected) => {
    const document = JSON.parse(JSON.stringify({ ...exampleLogin, ...changes })) as LoginDocument;
    expect(renderLogin(document, view()).split('\n')).toContain(expected);
  });

  it('names claims that only repeat the ID token, and shows those that differ', () => {
    const userinfo = {
      sub: '248289761001',
      email_verified: 'true',
      address: exampleLogin.userinfo?.address ?? null,
    };
    const text = renderLogin({ ...exampleLogin, userinfo }, view());
    expect(text.slice(text.indexOf('UserInfo'))).toMatch(
      /^UserInfo .*\n {2}email_verified +"true" .*\n {2}address +null .*\n {2}and 1 as in the ID token: sub\n/,
    );
  });

  it('lists every check on request', () => {
    const text = renderLogin(exampleLogin, view({ allChecks: true }));
    for (const { title } of exampleLogin.checks) expect(text).toContain(title);
    expect(text).not.toContain('--checks');
  });

  it('shortens every token and shows it whole only when secrets are asked for', () => {
    const { access_token, id_token, refresh_token } = exampleLogin.tokens;
    const response = exampleLogin.token_response;
    const source: JsonObject = { source: { JWT: jwt({ sub: 'bob' }) } };
    const document = { ...exampleLogin, userinfo: { sub: '1', _claim_sources: source } };
    const secrets = [access_token, id_token, refresh_token, response.device_secret, jwt({ sub: 'bob' })].map(
      String,
    );
    const hidden = renderLogin(document, view());
    const shown = renderLogin(document, view({ showSecrets: true })).replace(/\n */g, '');
    for (const secret of secrets) {
      expect(hidden).not.toContain(secret.slice(0, 20));
      expect(shown).toContain(secret);
    }
  });

  it('never breaks a whole token, so that it can be copied', () => {
    const lines = renderLogin(exampleLogin, view({ showSecrets: true, columns: 40 })).split('\n');
    expect(lines).toContain(exampleLogin.tokens.access_token);
  });

  it('counts nothing where UserInfo only repeats the ID token', () => {
    const { sub } = exampleLogin.decoded.id_token?.claims ?? {};
    const text = renderLogin({ ...exampleLogin, userinfo: { sub: sub ?? '' } }, view());
    expect(text).toMatch(/^UserInfo .*\n +as in the ID token: sub$/m);
  });

  it('says of an opaque access token that it is one, and of an expired one when', () => {
    const document = {
      ...exampleLogin,
      tokens: {
        ...exampleLogin.tokens,
        access_token: 'opaque-'.repeat(9),
        expires_at: new Date(now.getTime() - 12_000).toISOString(),
      },
      decoded: { ...exampleLogin.decoded, access_token: null },
    };
    const text = renderLogin(document, view());
    expect(text).toMatch(/opaque-opa…ue- \(63 characters\) +opaque: for the API only/);
    expect(text).toContain('2026-11-20 13:05:00 UTC (12 s ago)');
    expect(text).not.toContain('Access token  ?');
  });

  it('adds nothing but colour when there is colour', () => {
    const colored = renderLogin(exampleLogin, view({ color: true }));
    expect(colored).toContain('\u001b[');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the colours are what is taken out
    expect(colored.replace(/\u001b\[\d+m/g, '')).toBe(renderLogin(exampleLogin, view()));
  });

  const hostile = fc.string({
    unit: fc.oneof(
      fc.constantFrom('\u001b[2J', '\u202e', '\n', '\r', '\u0000', '\u200b', '愛', '\u009b', ' '),
      fc.string({ unit: 'binary', maxLength: 2 }),
    ),
  });
  const hostileJson = fc.jsonValue({ stringUnit: 'binary' });

  it('stays inert and within its lines whatever the server sent', () => {
    fc.assert(
      fc.property(
        hostile,
        hostile,
        hostileJson,
        fc.constantFrom(80, 40, 20),
        (name, text, value, columns) => {
          const claims = {
            [name]: text,
            nested: { [text]: name },
            value,
            exp: value,
            iat: text,
          } as JsonObject;
          const document: LoginDocument = {
            ...exampleLogin,
            issuer: text,
            client_id: name,
            tokens: {
              access_token: text,
              token_type: name,
              scope: [text, name],
              expires_at: null,
              refresh_token: text,
            },
            token_response: claims,
            decoded: { access_token: { header: claims, claims }, id_token: { header: claims, claims } },
            userinfo: claims,
            checks: [checkResult('state', 'fail', own(text), { expected: name, received: text })],
          };
          const lines = renderLogin(document, view({ columns })).split('\n');
          expect(
            lines.filter((line) =>
              /[\p{Cc}\u202a-\u202e\u2066-\u2069\u200b-\u200f\u2028\u2029\p{Cs}]/u.test(line),
            ),
          ).toEqual([]);
          expect(lines.filter((line) => displayWidth(line) > columns && /\S\s+\S/.test(line))).toEqual([]);
        },
      ),
    );
  });
});
