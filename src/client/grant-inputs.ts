import { exchangeType, jwtBearerType } from '../protocol/grant-types.ts';
import { passwordType, tokenTypes } from './grant.ts';

/** What a grant hands in, such as the token that is to be exchanged. */
export interface GrantInput {
  /** The beginning of its options: `subject-token` is given by --subject-token-file or --subject-token-env. */
  readonly option: string;
  /** As messages and the help call it. */
  readonly name: string;
  /** Not a secret: `--OPTION` gives the value itself; what its help says. */
  readonly plain?: string;
  /** Of one that is not a secret, such as `k=v`. */
  readonly placeholder?: string;
  readonly repeatable?: boolean;
  /** Of a secret, the option that names its source instead, such as a platform. */
  readonly from?: string;
  /** The grant does without it, or with what this option gives in its place. */
  readonly without?: 'nothing' | 'signing-key';
  /** It says something about another input, and means nothing without that one, or beside it. */
  readonly of?: { readonly option: string; readonly isBeside: boolean };
  /** The hint for a value that cannot be read. */
  readonly allowed?: string;
}

const without = 'nothing';
const typeNames = tokenTypes.join(', ');
const typeOf = {
  name: 'token type',
  without,
  placeholder: 'type',
  allowed: `Use ${typeNames} or a URI.`,
} as const;

/** Of an assertion that is made, not given. */
const made = { option: 'assertion', isBeside: false };

/** What each grant hands in, by its type. */
export const inputsByGrant: Readonly<Record<string, readonly GrantInput[]>> = {
  [exchangeType]: [
    { option: 'subject-token', name: 'subject token', from: 'subject-token-from' },
    { ...typeOf, option: 'subject-token-type', plain: `${typeNames} or a URI; default access_token` },
    { option: 'actor-token', name: 'actor token', from: 'actor-token-from', without },
    {
      ...typeOf,
      option: 'actor-token-type',
      plain: 'the same of the actor token',
      of: { option: 'actor-token', isBeside: true },
    },
    { ...typeOf, option: 'requested-token-type', plain: 'which type is wanted' },
  ],
  [jwtBearerType]: [
    { option: 'assertion', name: 'assertion', from: 'assertion-grant-from', without: 'signing-key' },
    {
      option: 'assertion-subject',
      name: 'subject',
      plain: 'sub of an assertion made with --signing-key; default: the client',
      placeholder: 'sub',
      without,
      of: made,
    },
    {
      option: 'assertion-claim',
      name: 'claim',
      plain: 'a further claim of it; repeatable',
      placeholder: 'k=v',
      repeatable: true,
      without,
      of: made,
      allowed: 'Write --assertion-claim name=value; a list or an object as JSON.',
    },
  ],
  [passwordType]: [
    { option: 'username', name: 'user name', plain: 'of the password grant', placeholder: 'name' },
    { option: 'password', name: 'password' },
  ],
};

/** Every input of every grant. */
export const grantInputs: readonly GrantInput[] = Object.values(inputsByGrant).flat();

/** What a grant hands in. */
export function inputsOf(type: string | undefined): readonly GrantInput[] {
  return inputsByGrant[type ?? ''] ?? [];
}

/** The options that give an input, which exclude each other. */
export function inputOptions({ option, plain, from }: GrantInput): readonly string[] {
  if (plain !== undefined) return [option];
  return [`${option}-file`, `${option}-env`, ...(from === undefined ? [] : [from])];
}
