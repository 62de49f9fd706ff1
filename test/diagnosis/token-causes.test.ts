import { describe, expect, it } from 'vitest';
import { type CheckId, catalogue } from '../../src/checks/catalogue.ts';
import { tokenCauses } from '../../src/diagnosis/token-causes.ts';

const graph = '00000003-0000-0000-c000-000000000000';
const signer = 'arn:aws:elasticloadbalancing:eu-central-1:111122223333:loadbalancer/app/demo/1';
const v2 = 'https://login.microsoftonline.com/aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb/v2.0';

function causes(header: object, claims: object, failed: CheckId): readonly string[] {
  return tokenCauses({ header: { ...header }, claims: { ...claims } }, [failed]).map(({ cause }) =>
    String(cause),
  );
}

describe('why a token of a provider does not pass', () => {
  it.each<[string, object, object, CheckId, RegExp]>([
    ['Graph', { nonce: 'x' }, { aud: graph }, 'jwt-signature', /Microsoft Graph/],
    [
      'Graph by its URL',
      { nonce: 'x' },
      { aud: 'https://graph.microsoft.com' },
      'jwt-signature',
      /Microsoft Graph/,
    ],
    ['an application of Entra with its own key', {}, { iss: v2 }, 'id-token-key', /key of its own/],
    ['Entra version 1.0', {}, { iss: 'https://sts.windows.net/x/' }, 'id-token-iss', /version 1\.0/],
    ['a tenant behind common', {}, { iss: v2 }, 'id-token-iss', /tenant of the user/],
    ['a load balancer', { signer }, {}, 'jwt', /load balancer wrote/],
    ['the key of a load balancer', { signer }, {}, 'jwt-key', /load balancer signed/],
  ])('is known: %s', (_, header, claims, failed, cause) => {
    expect(causes(header, claims, failed)).toEqual([expect.stringMatching(cause)]);
  });

  it.each<[string, object, object, CheckId]>([
    ['Graph without a nonce', {}, { aud: graph }, 'jwt-signature'],
    ['a nonce without Graph', { nonce: 'x' }, { aud: 'api' }, 'jwt-signature'],
    ['another check', { nonce: 'x' }, { aud: graph }, 'jwt-exp'],
    ['a key in the header', {}, { iss: v2 }, 'id-token-header-key'],
    ['another issuer', {}, { iss: 'https://as.example' }, 'id-token-key'],
    ['another signer', { signer: 'x' }, {}, 'jwt'],
  ])('is not claimed: %s', (_, header, claims, failed) => {
    expect(Object.keys(catalogue)).toContain(failed);
    expect(causes(header, claims, failed)).toEqual([]);
  });
});
