import { describe, expect, it } from 'vitest';
import { checkGivenServer, checkResourceIdentifier } from '../../src/checks/protected-resource.ts';

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
