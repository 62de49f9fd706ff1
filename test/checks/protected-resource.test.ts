import { describe, expect, it } from 'vitest';
import {
  checkGivenServer,
  checkPrivateAddress,
  checkResourceIdentifier,
} from '../../src/checks/protected-resource.ts';

describe('the identifier of a resource', () => {
  it.each([
    ['https://a.example/mcp', 'https://a.example/mcp', 'pass'],
    ['https://a.example/mcp', 'https://A.example/mcp', 'warn'],
    ['https://a.example/mcp', 'https://a.example/mcp/', 'warn'],
    ['https://a.example/mcp', 'https://a.example/mcp?x=1', 'warn'],
    ['https://a.example/mcp', 'https://a.example', 'warn'],
    ['https://a.example/mcp/v1', 'https://a.example/mcp', 'warn'],
    ['https://a.example/mcp', 'https://a.example/mc', 'fail'],
    ['https://a.example/mcp', 'https://a.example:8443/mcp', 'fail'],
    ['https://a.example/mcp', 'http://a.example/mcp', 'fail'],
    ['https://a.example/mcp', 'https://a.example/MCP', 'fail'],
    ['https://a.example/mcp', 'https://a.example/mcp#x', 'fail'],
    ['https://a.example/mcp', 'https://a.example/mcp ', 'fail'],
    ['https://a.example/mcp', undefined, 'fail'],
    ['https://a.example/mcp', ['https://a.example/mcp'], 'fail'],
  ])('asked as %s and told as %j ends in %s', (asked, resource, outcome) => {
    const metadata = resource === undefined ? {} : { resource };
    expect(checkResourceIdentifier(asked, metadata).outcome).toBe(outcome);
  });
});

describe('an authorization server that the user gives', () => {
  const metadata = { authorization_servers: ['https://10.0.0.5', 'https://login.example'] };

  it.each(['https://10.0.0.5', 'https://login.example'])('is one that the resource names: %s', (given) => {
    expect(checkGivenServer(given, metadata)).toEqual([]);
  });
});

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
