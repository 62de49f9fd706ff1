import fc from 'fast-check';

const hostile = fc.constantFrom(
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "'; rm -rf ~ #",
  '$(touch /tmp/pwned)`id`',
  '\u001b]0;title\u0007\u001b[2J',
  '\u202egpj.exe\u2066',
  'end; participant x',
  '%%{init: {"theme":"dark"}}%%',
  '```\n# heading\n[link](javascript:alert(1)) @someone #1',
  '\r\nX-Injected: yes',
  '‹http_proxy›',
  '\0',
  '‹$(id)›',
  '-o/etc/passwd',
  '@/etc/passwd',
  '',
);

/** Text as a hostile server or file may hold it. */
export const foreignText = fc.oneof(
  hostile,
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.tuple(fc.string({ unit: 'grapheme', maxLength: 20 }), hostile).map(([text, attack]) => text + attack),
);

const foreignHeaders = fc.array(fc.tuple(foreignText, foreignText), { maxLength: 3 });
const odd = fc.constantFrom(null, -1, 1e308, 'x', [], {});
const time = fc.oneof(fc.nat(10_000), odd);
const url = fc.oneof(
  foreignText,
  foreignText.map((text) => `https://idp.example/${text}`),
  foreignText.map((text) => `https://${text}/token?a=${text}`),
);

const foreignEvent = fc.oneof(
  fc.record(
    {
      type: fc.constant('exchange'),
      at_ms: time,
      step: foreignText,
      started_at: fc.oneof(foreignText, fc.constant('2026-11-20T20:00:00Z')),
      duration_ms: time,
      request: fc.record(
        {
          method: fc.oneof(foreignText, fc.constant('POST')),
          url,
          headers: fc.oneof(foreignHeaders, odd),
          body: foreignText,
        },
        { requiredKeys: [] },
      ),
      response: fc.oneof(
        fc.record(
          { status: fc.oneof(fc.constantFrom(200, 401), odd), headers: foreignHeaders, body: foreignText },
          { requiredKeys: [] },
        ),
        odd,
      ),
      error: fc.record({ code: foreignText, message: foreignText }),
      wire: fc.record(
        {
          reused: fc.boolean(),
          remote_address: foreignText,
          dns_ms: time,
          connect_ms: time,
          first_byte_after_ms: time,
          sent_after_ms: time,
          tls: fc.record({
            protocol: foreignText,
            cipher: foreignText,
            certificate: fc.record({ subject: foreignText, names: foreignText }),
          }),
        },
        { requiredKeys: [] },
      ),
    },
    { requiredKeys: ['type'] },
  ),
  fc.record({ type: fc.constant('authorization_request'), at_ms: time, url, redirect_uri: foreignText }),
  fc.record({
    type: fc.constant('callback'),
    at_ms: time,
    method: fc.constantFrom('GET', 'POST', 'PASTE', 'FRAGMENT', 'X'),
    url,
    body: foreignText,
    waited_ms: time,
  }),
  fc.record({ type: fc.constant('callback_ignored'), at_ms: time, reason: foreignText }),
  fc.record({ type: fc.constant('page'), at_ms: time, outcome: fc.constantFrom('success', 'failure', 'x') }),
  fc.record({ type: fc.constant('remark'), at_ms: time, step: foreignText, text: foreignText }),
  fc.record({
    type: fc.constant('checks'),
    step: foreignText,
    checks: fc.array(
      fc.record(
        {
          id: foreignText,
          outcome: fc.constantFrom('pass', 'fail', 'warn', 'x'),
          title: foreignText,
          detail: foreignText,
          spec: foreignText,
          expected: foreignText,
          received: foreignText,
        },
        { requiredKeys: ['id'] },
      ),
      { maxLength: 3 },
    ),
  }),
  fc.record({ type: foreignText }),
);

/** Files that call themselves traces and hold what they like. */
export const foreignTraces = fc
  .record(
    {
      version: fc.constant(1),
      kind: fc.constant('trace'),
      recorded_by: foreignText,
      command: foreignText,
      started_at: fc.oneof(foreignText, fc.constant('2026-11-20T20:00:00Z')),
      duration_ms: time,
      secrets: fc.constantFrom('redacted', 'shown', 'x'),
      outcome: fc.record(
        {
          status: fc.constantFrom('done', 'failed', 'cancelled', 'x'),
          diagnosis: fc.array(
            fc.record({
              cause: foreignText,
              why: foreignText,
              try: foreignText,
              confidence: fc.constantFrom('high', 'x'),
              source: foreignText,
              expected: foreignText,
            }),
            { maxLength: 2 },
          ),
          ruled_out: fc.array(fc.record({ cause: foreignText, evidence: foreignText }), { maxLength: 2 }),
          error: fc.record(
            {
              code: foreignText,
              message: foreignText,
              hint: foreignText,
              oauth: fc.record({ error: foreignText, error_description: foreignText }),
            },
            { requiredKeys: [] },
          ),
        },
        { requiredKeys: [] },
      ),
      events: fc.array(fc.oneof(foreignEvent, odd), { maxLength: 8 }),
      tokens: fc.array(
        fc.record({
          token: foreignText,
          header: fc.dictionary(foreignText, foreignText, { maxKeys: 3 }),
          claims: fc.dictionary(foreignText, fc.jsonValue(), { maxKeys: 3 }),
        }),
        { maxLength: 2 },
      ),
    },
    { requiredKeys: ['version', 'kind', 'events'] },
  )
  .map((value) => JSON.stringify(value));
