import { describe, expect, it } from 'vitest';
import { checkPrivateAddress } from '../../src/checks/private-address.ts';

describe('an address that a public resource leads to', () => {
  it.each([
    'http://127.0.0.1/x',
    'http://localhost:8080/',
    'http://10.0.0.1/',
    'http://172.20.1.1/',
    'http://192.168.1.1/',
    'http://169.254.169.254/latest',
    'http://100.64.0.1/',
    'http://[::1]/',
    'http://[fd00::1]/',
    'http://[::ffff:10.0.0.1]/',
    'https://metadata.google.internal/',
  ])('is not followed to %s', (to) => {
    expect(checkPrivateAddress('https://a.example/mcp', to)?.outcome).toBe('fail');
  });

  it.each(['https://idp.example/', 'http://172.32.0.1/', 'http://[2001:db8::1]/', 'https://10.example/'])(
    'is followed to %s',
    (to) => {
      expect(checkPrivateAddress('https://a.example/mcp', to)).toBeUndefined();
    },
  );

  it('may be private where the resource is', () => {
    expect(checkPrivateAddress('http://127.0.0.1:1/mcp', 'http://127.0.0.1:2/')).toBeUndefined();
    expect(checkPrivateAddress('http://127.0.0.1:1/mcp', 'http://10.0.0.1/')).toBeUndefined();
  });

  it.each(
    ['http://127.0.0.1:1/mcp', 'http://10.0.0.1/mcp', 'https://a.example/mcp'].flatMap((from) =>
      [
        'http://169.254.169.254/latest',
        'http://2852039166/latest',
        'http://[fe80::1]/',
        'http://[febf::1]/',
        'http://[::ffff:169.254.169.254]/',
        'http://[fd00:ec2::254]/',
        'http://metadata.google.internal./',
      ].map((to) => [from, to] as const),
    ),
  )('from %s is not link-local: %s', (from, to) => {
    expect(checkPrivateAddress(from, to)).toMatchObject({
      outcome: 'fail',
      detail: expect.stringContaining('link-local'),
    });
  });

  it('may be link-local where the resource is', () => {
    expect(checkPrivateAddress('http://169.254.1.1/mcp', 'http://169.254.1.2/')).toBeUndefined();
  });
});
