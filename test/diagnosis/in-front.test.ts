import { describe, expect, it } from 'vitest';
import { refusedInFront } from '../../src/diagnosis/in-front.ts';
import type { HeaderList } from '../../src/http-message.ts';
import { own } from '../../src/say.ts';

const page = '<!doctype html><title>Blocked</title>';
const judge = (status: number, headers: HeaderList, body = page, isOfResource = false) =>
  refusedInFront(own('call'), { status, headers, body }, isOfResource);
const basic: HeaderList = [['WWW-Authenticate', 'Basic realm="x"']];

describe('an answer', () => {
  it.each<[string, Parameters<typeof judge>, string]>([
    ['a page of a firewall', [403, [['Server', 'cloudflare']]], 'The answer is a web page, of "cloudflare".'],
    ['an empty answer of a gateway', [502, [], ''], 'The answer is no JSON.'],
    ['an error of a gateway of AWS', [403, [['x-amzn-errortype', 'Forbidden']], '{}'], 'It is of a gateway'],
    ['a proxy that wants a password', [407, [], ''], 'The answer is no JSON.'],
    ['a password before a resource', [401, basic, '', true], 'The answer is no JSON.'],
  ])('of something in front is told: %s', (_, given, shown) => {
    const front = judge(...given);
    expect(front).toMatchObject({ fault: 'in_front' });
    expect(String(front?.statement)).toContain(`refused the call with status ${given[0]}.`);
    expect(String(front?.evidence)).toContain(shown);
  });

  it.each<[string, Parameters<typeof judge>]>([
    ['a page with status 200', [200, []]],
    ['JSON behind a content network', [403, [['Server', 'cloudflare']], '{"error":"forbidden"}']],
    ['a token endpoint that asks for Basic', [401, basic, '']],
    ['a challenge for a token', [401, [['WWW-Authenticate', 'Bearer']], '', true]],
    ['a failure of the application', [500, []]],
  ])('of the application is not: %s', (_, given) => {
    expect(judge(...given)).toBeUndefined();
  });
});
