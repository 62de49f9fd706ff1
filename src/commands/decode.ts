import type { CheckResult } from '../checks/check-result.ts';
import { type ClaimsOf, claimSources, judgeExpectation } from '../checks/expectation.ts';
import type { TokenProfile } from '../checks/jwt.ts';
import type { Context } from '../context.ts';
import { ConfigError, UsageError, ValidationError } from '../errors.ts';
import { type JsonObject, textListMember } from '../json/json.ts';
import type { JweDocument, TokenDocument } from '../output/decode-document.ts';
import { renderDecode } from '../output/render-decode.ts';
import { largestText } from '../protocol/text-input.ts';
import { type FoundToken, tokenKind } from '../recording/collect-tokens.ts';
import { findTokens } from '../recording/find-tokens.ts';
import { own, recall, remember, say } from '../say.ts';
import {
  type DecodeSettings,
  type DecodingRules,
  decodeOptionGroups,
  namesProfile,
  settleDecode,
} from '../settings/settle-inspection.ts';
import { defineCommand, type Invocation } from './command.ts';
import { decodeToken, noVerification, type TokenRules, type Verification } from './decode/decode-token.ts';
import type { KeysFromServer } from './decode/fetch-decoding-keys.ts';
import { offerPaste } from './open-input.ts';
import { printDocument } from './print-result.ts';
import { tellStep } from './tell.ts';
import { recordEvenNothing } from './trace/record-trace.ts';

const notes = `
TOKEN is a JWT, JWE or SD-JWT with whatever stands around it: "Bearer", a header
line, quotes, line breaks, a URL, a whole JSON response. The name of a file, or
- for stdin, may stand in its place. Others on this machine can see the
command line, and the shell keeps it in its history.

Nothing is sent anywhere unless keys have to be fetched: for --issuer, for a URL
behind --jwks, or for the issuer of a profile that is named with -p.

Exit statuses:
  0  decoded
  2  no token was found in the input, or an option or key file is wrong
  5  the keys could not be fetched; the decoding is printed all the same
  6  the token did not pass what was asked for, or what came as its keys cannot be
     read; the decoding is printed as well
  7  a claim is not as --expect has it; the decoding is printed as well

Examples:
  $ pbpaste | oauth-code decode
  $ oauth-code decode token.txt --issuer https://login.example.com
  $ oauth-code decode response.json --as id-token --client-id my-app
  $ oauth-code decode - --key public.pem --audience https://api.example.com
  $ oauth-code decode token.txt --jwks keys.json --expect 'scope~=read'
  $ oauth-code decode - --decryption-key private.pem --json | jq .tokens`;

/** Gives `decode` its argument, options and action. */
export const define = defineCommand({
  description: 'Show what is in a token, offline; verify, decrypt and check it when asked to.',
  usage: '[options] [TOKEN|FILE|-]',
  words: { '[token...]': 'the token, a file it is in, or - for stdin' },
  groups: decodeOptionGroups,
  notes,
  async action({ settle, settleAlone }, words) {
    const [isNamed] = await settleAlone(namesProfile);
    const [settings, invocation] = await (isNamed ? settle : settleAlone)(settleDecode);
    await runDecode(words, settings, invocation);
  },
});

/**
 * Finds the tokens in the input and prints their content, verified and judged as the options ask.
 * @throws UsageError when there is no token; after printing, ValidationError when a token did not pass, FindingsError
 * when an expectation is not met, the error that kept the keys from being fetched
 */
async function runDecode(
  words: readonly string[],
  { expectations, rules }: DecodeSettings,
  invocation: Invocation,
): Promise<void> {
  const { context, output } = invocation;
  await recordEvenNothing(invocation);
  const expected = await expectations();
  const expecting = expected.length === 0 ? undefined : await import('./expectations.ts');
  const decoding = await rules();
  const search = findTokens(await readTokenInput(words, context, output.noInput));
  if (search.type === 'nothing') {
    const hint = search.hint === undefined ? {} : { hint: recall(search.hint) };
    throw new UsageError(say`No token found in the input: it is ${recall(search.seen)}.`, hint);
  }
  const { keys } = decoding;
  const server =
    keys.type === 'url' || keys.type === 'issuer'
      ? await (await import('./decode/fetch-decoding-keys.ts')).fetchDecodingKeys(keys, invocation)
      : undefined;
  const now = context.now();
  const tokens: TokenDocument[] = [];
  for (const token of search.tokens) {
    const decoded = await decodeToken(token, rulesFor(token, search.tokens, decoding, server, now));
    tokens.push(await withCauses(decoded));
  }
  if (search.leftOut > 0) tellLeftOut(search.leftOut, invocation);
  const places = claimPlaces(tokens, decoding.profile);
  const claims = places[0]?.claims ?? {};
  const identity = decoding.trust && (await import('../checks/ci-identity.ts'));
  const trusted = (decoding.trust ?? []).flatMap((one) => identity?.judgeTrust(claims, one) ?? []);
  const met = expecting?.judgeExpectations(expected, places, invocation);
  const checks = met === undefined && trusted.length === 0 ? undefined : [...trusted, ...(met ?? [])];
  const document = {
    version: 1,
    tokens,
    ...(identity === undefined ? {} : { identity: identity.explainIdentity(claims) }),
    ...(checks === undefined ? {} : { checks }),
  } as const;
  printDocument(document, renderDecode, invocation);
  failOn(tokens);
  // A token that contradicts an expectation does so whatever the keys would say.
  const believed = places.map((place) => ({ ...place, doubt: undefined }));
  const known = server?.failure && expected.map((one) => judgeExpectation(one, believed, now));
  const judged = [...trusted, ...(known ?? met ?? [])];
  if (judged.length > 0) {
    const { requireMet } = expecting ?? (await import('./expectations.ts'));
    requireMet(judged, own('The result above shows every claim.'));
  }
  if (server?.failure !== undefined) throw server.failure;
}

/** A token that did not pass, with what is known of such tokens. */
async function withCauses(token: TokenDocument): Promise<TokenDocument> {
  if (token.type !== 'jws' || !token.judged) return token;
  if (token.checks.every(({ outcome }) => outcome !== 'fail')) return token;
  const { diagnoseToken } = await import('../diagnosis/token-causes.ts');
  const diagnosed = diagnoseToken(token, token.checks);
  return diagnosed.diagnosis.length === 0 ? token : { ...token, ...diagnosed };
}

function rulesFor(
  token: FoundToken,
  all: readonly FoundToken[],
  settings: DecodingRules,
  server: KeysFromServer | undefined,
  now: Date,
): TokenRules {
  const { keys, decryptionKey, clockToleranceSeconds } = settings;
  const profile = profileFor(token, all, settings.profile);
  const beside = all.find((other) => other !== token && tokenKind(other) === 'access_token');
  const nothing = {
    ...{ profile, decryptionKey, clockToleranceSeconds, now, accessToken: beside?.text },
    ...{ issuer: null, clientId: null, audience: null, nonce: undefined, maxAgeSeconds: undefined },
  };
  // A refresh token is for the server that issued it: its key is published nowhere, its audience is that server.
  if (tokenKind(token) === 'refresh_token' && all.length > 1) {
    return { ...nothing, areAsked: false, verificationFor: async () => noVerification };
  }
  const { clientId, audience, nonce, maxAgeSeconds, idToken } = settings;
  const isJudged = settings.profile === undefined || profile !== undefined;
  const expected = isJudged ? { clientId, audience, nonce, maxAgeSeconds } : {};
  const isExpected = Object.values(expected).some((value) => value !== null && value !== undefined);
  const issuer = server?.issuer ?? settings.issuer;
  return {
    ...nothing,
    ...expected,
    ...idToken,
    issuer,
    areAsked: keys.type !== 'none' || issuer !== null || profile !== undefined || isExpected,
    async verificationFor(jwt) {
      if (keys.type === 'file') {
        const { verificationWithFile } = await import('./decode/verification-keys.ts');
        return verificationWithFile(keys.key, jwt, now);
      }
      return server === undefined ? noVerification : verificationWithServer(server, profile);
    },
  };
}

/** In a response `--as` is about the token that is called so, when there is one. */
function profileFor(
  token: FoundToken,
  all: readonly FoundToken[],
  profile: TokenProfile | undefined,
): TokenProfile | undefined {
  const wanted = profile?.replaceAll('-', '_');
  const isNamed = all.some((other) => tokenKind(other) === wanted);
  return !isNamed || tokenKind(token) === wanted ? profile : undefined;
}

function verificationWithServer(
  { fetched, source, metadata }: KeysFromServer,
  profile: TokenProfile | undefined,
): Verification {
  const advertised =
    profile === 'id-token'
      ? textListMember(metadata, 'id_token_signing_alg_values_supported')
      : profile === 'userinfo'
        ? textListMember(metadata, 'userinfo_signing_alg_values_supported')
        : undefined;
  // Missing keys are not a fault of the token.
  return fetched.type === 'keys'
    ? { verification: { keys: fetched.keys, allowedAlgorithms: advertised }, remarks: [], source }
    : { verification: null, unverified: remember('The keys could not be fetched.'), remarks: [], source };
}

function tellLeftOut(count: number, { context, output }: Invocation): void {
  if (output.quiet) return;
  const { stderr } = context.terminal;
  const text = `only the first hundred tokens are shown; there are ${count} more`;
  tellStep(stderr, { mark: 'warn', name: 'Tokens', text });
}

function failOn(tokens: readonly TokenDocument[]): void {
  const [first, ...more] = tokens.flatMap(failedChecks);
  if (first === undefined) return;
  const others = more.length === 0 ? '' : ` (and ${more.length} more)`;
  throw new ValidationError(first.id, say`The token did not pass: ${first.detail}${others}`, {
    hint: 'The result above shows the decoded token and every check.',
  });
}

function failedChecks(token: TokenDocument): readonly CheckResult[] {
  const nested = token.type === 'jwe' && token.nested !== undefined ? failedChecks(token.nested) : [];
  return [...token.checks.filter(({ outcome }) => outcome === 'fail'), ...nested];
}

/**
 * Where expectations look for claims: in each token that can be read, by the name it came under, else by what it is
 * judged as. Refresh tokens are for their server.
 */
function claimPlaces(
  tokens: readonly TokenDocument[],
  profile: TokenProfile | undefined,
): readonly ClaimsOf[] {
  return tokens.flatMap((token): ClaimsOf[] => {
    const claims = claimsOf(token);
    const kind = tokenKind(token) ?? (tokens.length === 1 ? profile?.replaceAll('-', '_') : undefined);
    const source = claimSources.find((known) => known === kind) ?? 'token';
    return claims === null || kind === 'refresh_token'
      ? []
      : [{ source, claims, doubt: doubtOfToken(token) }];
  });
}

function doubtOfToken({ verified }: TokenDocument): string | undefined {
  if (verified === true) return undefined;
  return verified === false
    ? remember('Its signature does not verify.')
    : remember('Its signature was not verified: give --issuer URL, --jwks FILE or --key FILE.');
}

function claimsOf(token: TokenDocument): JsonObject | null {
  if (token.type === 'sd_jwt') return token.disclosed_claims;
  return token.type === 'jwe' ? innerClaims(token) : token.claims;
}

function innerClaims({ nested, claims }: JweDocument): JsonObject | null {
  return nested === undefined ? claims : claimsOf(nested);
}

type Doors = Pick<Context, 'terminal' | 'platform' | 'files' | 'readFile'>;

/**
 * The text that tokens are looked for in: of the file that the words name, of stdin for `-` or no words, else the
 * words themselves.
 * @throws UsageError when there is nothing to read; ConfigError for a file that cannot be read.
 */
async function readTokenInput(words: readonly string[], doors: Doors, noInput: boolean): Promise<string> {
  const text = words.join(' ');
  if (text === '' || text === '-') {
    offerPaste('the token', doors, noInput);
    return doors.terminal.readStdin();
  }
  if (isToken(text)) return text;
  const stamp = await doors.files.stamp(text);
  if (stamp !== undefined && stamp.size > largestText) {
    throw new ConfigError(say`${text} has ${stamp.size} octets; more than ${largestText} are not read.`, {
      hint: 'The tokens of a recording are explained by: oauth-code debug FILE',
    });
  }
  return stamp !== undefined || isPath(text) ? doors.readFile(text) : text;
}

/** Tells whether words of a command line are a token, or hold one, rather than the name of a file. */
function isToken(text: string): boolean {
  return /(?:^|[\s"'=:])e[wy][\w-]{8,}\.[\w-]/.test(text.slice(0, 4096)) || text.length > 4096;
}

/** Tells whether words look like the path of a file, so that a mistyped one is not taken for a token. */
function isPath(text: string): boolean {
  return (
    /^(?:\.{0,2}[/\\]|~[/\\]|[A-Za-z]:\\)/.test(text) ||
    /^[\w./\\ -]{1,200}\.(?:jwt|jws|jwe|json|txt|log|har|http|token|out)$/i.test(text)
  );
}
