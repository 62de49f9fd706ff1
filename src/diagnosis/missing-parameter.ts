import { shownValue } from '../checks/shown-value.ts';
import { parameterValue } from '../protocol/parameters.ts';
import { own, say } from '../say.ts';
import { type Candidate, contradiction, ruledOut } from './diagnosis.ts';
import { asksForAuthorization, givenInstead, type Situation, sentValue } from './situation.ts';

/** Request parameters by the names that descriptions use for them; longer names first, as some hold others. */
const names = (
  'code_challenge_method requested_token_type client_assertion_type subject_token_type actor_token_type ' +
  'code_challenge client_assertion response_type response_mode subject_token code_verifier refresh_token ' +
  'client_secret id_token_hint redirect_uri device_code auth_req_id request_uri login_hint grant_type ' +
  'client_id assertion username password audience resource prompt scope state nonce code'
).split(' ');

const anyName = names.join('|');
const quote = `['"\`‘’“”]`;
const between = `(?:[\\s:,(]|${quote})`;
const filler = `(?:an?|the|or|and|of|one|in|is|following|required|mandatory|request|body|form|query|post|oauth|pkce|parameters?|params?|arguments?|fields?|values?|s|${anyName})`;

/** `missing required parameter 'redirect_uri'`, `Missing parameters: code_verifier`. */
const lacksBefore = new RegExp(
  `\\b(?:missing|lacks|lacking|requires?|required (?:parameters?|params?|arguments?|fields?)|without|no|must (?:contain|include|have|provide|specify|send))\\b(?:${between}|\\(s\\))+(?:${filler}(?:${between}|\\))+){0,6}$`,
  'i',
);

/** `client_id is required`, `The code parameter was not provided`. */
const lacksAfter = new RegExp(
  `^${quote}?\\s*(?:(?:parameter|param|argument|field|value)\\s+)?(?:(?:is|was|are)\\s+)?(?:missing|required(?!\\s+to\\b)|mandatory|absent|(?:has )?not (?:been )?(?:provided|present|specified|supplied|set|sent|given|included|found)|(?:must|should|has to|needs to) be (?:provided|present|specified|supplied|set|sent|given|included))\\b`,
  'i',
);

/** What follows a parameter, where its name is also a word: not "missing required resource permission". */
const endsName = new RegExp(
  `^(?:${quote}|\\s*(?:[.,;:)]|$)|\\s+(?:parameter|param|argument|field|value|is|was|has|in|from|and|or|not|must|missing|required)\\b)`,
  'i',
);

/** The parameters that a description says were not sent. */
export function namedAsMissing(description: string): readonly string[] {
  // Of names in words, such as "redirect URI", only the underscore is missing.
  const text = names
    .filter((name) => name.includes('_'))
    .reduce(
      (left, name) => left.replace(new RegExp(`\\b${name.replaceAll('_', '[ _-]')}\\b`, 'gi'), name),
      description.slice(0, 2000),
    );
  return names.filter((name) =>
    [...text.matchAll(new RegExp(`(?<![\\w-])${name}(?![\\w-])`, 'g'))].some(({ index }) => {
      const after = text.slice(index + name.length);
      return (
        (name.includes('_') || endsName.test(after)) &&
        (lacksBefore.test(text.slice(Math.max(0, index - 200), index)) || lacksAfter.test(after))
      );
    }),
  );
}

/**
 * The parameters that the server says it misses: certain when the request that was saved has none, likely when the
 * request is not known, and nothing when it has them (RFC 6749 §4.1.2.1, §5.2). A parameter that other evidence is
 * already certain of is not named again.
 */
export function missingParameters(
  situation: Situation,
  evidence: readonly Candidate[],
): readonly Candidate[] {
  const { endpoint, error, description, authorization, token } = situation;
  if (!(asksForAuthorization(situation) || endpoint === 'token') || error === null || description === null)
    return [];
  const isToken = endpoint === 'token';
  const isByReference = sentValue(situation, 'request') ?? sentValue(situation, 'request_uri');
  const sent = isToken ? token?.place !== 'unknown' && token : isByReference === undefined && authorization;
  const known = sent ? sent.parameters : undefined;
  if (known === undefined && error !== 'invalid_request') return [];
  const { clientId, secret } = (isToken ? token?.authentication : null) ?? {};
  const inHeader: Readonly<Record<string, string | null | undefined>> = {
    client_id: clientId,
    client_secret: secret,
  };
  const isSaid = (name: string) =>
    evidence.some((one) => one && one.confidence === 'high' && String(one.cause).includes(name));
  const request = isToken ? 'token request' : 'authorization request';
  const isSent = (name: string) => known && (parameterValue(known, name) || inHeader[name]);
  const missing = namedAsMissing(description);
  return missing.flatMap((name) => {
    if (isSent(name))
      return ruledOut(say`The ${own(request)} has no ${own(name)}.`, say`It has ${own(name)}.`);
    // Where a secret was sent it is the method that is wrong.
    if (
      (isToken && ofAuthorization.has(name)) ||
      isSaid(name) ||
      (name.startsWith('client_assertion') && secret != null)
    )
      return [];
    // Of two that are alternatives one is enough, and neither is missing by itself.
    const others = missing.filter((other) => areAlternatives(description, name, other));
    if (others.some((other) => isSent(other) || missing.indexOf(other) < missing.indexOf(name))) return [];
    const either = [name, ...others].join(' or ');
    const needsPkce = name.startsWith('code_challenge') && !isSent('code_challenge');
    const option = isToken ? '--token-param' : '--param';
    const given = givenInstead(situation, [`${option.slice(2)} ${name}`]);
    return {
      cause: say`The ${own(request)} has no ${own(either)}, the server says${own(needsPkce ? ': it demands PKCE' : '')}.`,
      why: say`${own(known === undefined ? 'Its words are' : 'There is none in the request, and its words are')}: ${JSON.stringify(description.slice(0, 200))}.`,
      try: {
        login: given?.remedy ?? own(`Send it, with ${option} ${name}=VALUE if nothing else gives it.`),
        debug:
          known === undefined
            ? say`Send ${own(name)}. Give the request as well, and it is checked.`
            : own(`${remedies[name] ?? `Send ${name}`}.`),
      },
      ...(known === undefined ? {} : contradiction(either, shownValue(undefined))),
      source: isToken ? 'RFC 6749 §5.2' : 'RFC 6749 §4.1.2.1',
    };
  });
}

/** Parameters of an authorization request; named to a token request they mean that one, or a DPoP proof. */
const ofAuthorization: ReadonlySet<string> = new Set(
  (
    'code_challenge code_challenge_method response_type response_mode id_token_hint login_hint prompt ' +
    'state nonce'
  ).split(' '),
);

function areAlternatives(description: string, one: string, other: string): boolean {
  const pair = (first: string, second: string) =>
    `\\b${first}\\b${quote}?(?: parameter)? or ${quote}?${second}\\b`;
  return one !== other && new RegExp(`${pair(one, other)}|${pair(other, one)}`).test(description);
}

const remedies: Readonly<Record<string, string>> = {
  redirect_uri: 'Send the same redirect_uri in the authorization request and in the token request',
  code_verifier: 'Keep the code_verifier that the code_challenge was made from, and send it with the code',
  code_challenge: 'Send code_challenge and code_challenge_method=S256',
  client_id: 'Send client_id, also where the client has no secret',
};
