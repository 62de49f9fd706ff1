import { describe, expect, it } from 'vitest';
import { describeOpaqueToken } from '../../src/recording/opaque-token.ts';

describe('describeOpaqueToken', () => {
  it.each([
    ['‹access_token›', /^It is a placeholder: the recording hides its secrets\./],
    ['gho_16C7e42F292c6912E7710c838347Ae178B4a', /^It has 40 characters: those of base64url\./],
    ['123e4567-e89b-42d3-a456-426614174000', /^It has 36 characters/],
  ])('of %s begins with what it is', (text, first) => {
    expect(describeOpaqueToken(text).looksLike[0]).toMatch(first);
  });

  it('says nothing of the length of a placeholder', () => {
    expect(describeOpaqueToken('‹id_token›').looksLike).toHaveLength(1);
  });
});
