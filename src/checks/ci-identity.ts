import { UsageError } from '../errors.ts';
import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
  ownMember,
  parsePlainJson,
  textOf,
} from '../json/json.ts';
import { own, recall, remember, type Said, say } from '../say.ts';
import { type CheckResult, comparedWith, fail, pass, underId } from './check-result.ts';
import { listed, quoted, shownValue } from './shown-value.ts';

/** A claim of the token of a CI job, and what it says. */
export interface IdentityRow {
  readonly claim: string;
  readonly value: string;
  readonly meaning: string;
}

/** What a server demands of one claim: one of the values. In a pattern `*` and `?` stand for others. */
export interface TrustCondition {
  readonly claim: string;
  readonly values: readonly string[];
  readonly match: 'equal' | 'different' | 'pattern' | 'prefix' | 'suffix';
  /** Every value of the claim has to match, which is so where it has none. */
  readonly isForAll?: boolean;
  /** A claim of the other form never matches. */
  readonly form?: 'text' | 'list';
}

/** Conditions that let a token in when it meets them all, or with `denies` keep it out. */
export interface TrustStatement {
  readonly denies: boolean;
  readonly conditions: readonly TrustCondition[];
}

const meanings: Readonly<Record<string, string>> = {
  iss: 'the platform',
  sub: 'what most servers compare',
  aud: 'the server that it is for',
  repository: 'repository of the job (GitHub)',
  repository_id: 'its number, which is never used again',
  repository_owner: 'its owner',
  repository_owner_id: 'the number of the owner',
  repository_visibility: 'public, private or internal',
  project_path: 'project of the job (GitLab)',
  project_id: 'its number, which is never used again',
  namespace_path: 'group or user that has the project',
  ref: 'branch or tag',
  ref_type: 'branch or tag',
  ref_protected: 'whether the branch or tag is protected',
  environment: 'environment that the job deploys to',
  environment_protected: 'whether the environment is protected',
  event_name: 'what started the workflow',
  pipeline_source: 'what started the pipeline',
  workflow_ref: 'file and branch of the workflow',
  job_workflow_ref: 'file and branch of the reusable workflow with the job',
  ci_config_ref_uri: 'file and branch of the pipeline',
  runner_environment: 'whose runner it is',
  actor: 'user who started it',
  user_login: 'user who started it',
  sha: 'commit',
};

const githubSubject = /^repo:([^/@]+)(?:@(\d+))?\/([^:@]+)(?:@(\d+))?:(.*)$/s;

/** The claims of the token of a CI job that say where it runs, in the order of their weight. */
export function explainIdentity(claims: JsonObject): readonly IdentityRow[] {
  return Object.entries(meanings).flatMap(([claim, meaning]) => {
    const value = claims[claim];
    if (value === undefined) return [];
    return [
      { claim, value: textsOf(value).join(' '), meaning: claim === 'sub' ? meaningOf(value) : meaning },
    ];
  });
}

/** GitHub writes names alone, or each name with `@` and its number. */
function meaningOf(sub: JsonValue): string {
  const [, , ownerId, , , context = ''] = githubSubject.exec(String(sub)) ?? [];
  const kind = /^(ref:refs\/heads\/|ref:refs\/tags\/|environment:|pull_request)/.exec(context)?.[1] ?? '';
  const where = {
    'ref:refs/heads/': 'a branch',
    'ref:refs/tags/': 'a tag',
    'environment:': 'an environment',
    pull_request: 'any pull request',
  }[kind];
  if (!githubSubject.test(String(sub))) return meanings.sub ?? '';
  const form = ownerId === undefined ? 'names alone, which others may take over' : 'names with their numbers';
  return `${form}${where === undefined ? '' : `, for ${where}`}`;
}

function textsOf(value: JsonValue | undefined): readonly string[] {
  return value === undefined ? [] : [value].flat().map(textOf);
}

/**
 * Reads what a server trusts: `claim=pattern`, a condition of Google (CEL), or the JSON of AWS IAM, an Entra federated
 * credential or a Google provider. @throws UsageError that names what cannot be compared
 */
export function readTrust(text: string, source: string, isFile = false): readonly TrustStatement[] {
  const refuse: Refuse = (problem) => {
    throw new UsageError(say`${source} cannot be compared: ${problem}.`, {
      hint: 'Use claim=pattern, "assertion.claim==\'value\'", or a JSON file: StringEquals and StringLike of AWS, a federated credential of Entra, a provider of Google.',
    });
  };
  // A trust policy of AWS has 8,192 characters at most, and others have fewer.
  if (text.length > longestTrust) return refuse(own('it is longer than any trust condition'));
  const document = parsePlainJson(text);
  const documents = [unwrapped(document)].flat().map(unwrapped);
  if (documents.some(isJsonObject))
    return documents.flatMap((one) =>
      isJsonObject(one) ? readDocument(one, refuse) : refuse(own('a member of the list is not an object')),
    );
  if (isFile) return refuse(own(document === undefined ? 'it is not JSON' : 'it is not a JSON object'));
  if (/[=([]\s*['"]|['"]\s*(?:in|==)\b/.test(text)) return readExpression(text, {}, refuse).flatMap(allow);
  const [, claim = '', value = ''] = /^([\w.-]+)=(.+)$/s.exec(text.trim()) ?? [];
  if (claim === '') return refuse(own('it is neither claim=pattern nor JSON'));
  if (/^(?:assertion|attribute|google)\./.test(claim))
    return refuse(say`a condition of Google has == and its value in quotation marks`);
  return allow([{ claim, values: [value], match: 'pattern' }]);
}

/** What command lines put around a trust policy or a federated credential. */
function unwrapped(document: JsonValue | undefined): JsonValue | undefined {
  if (!isJsonObject(document)) return document;
  const { Role, AssumeRolePolicyDocument, properties, value } = document;
  const inner = Role ?? AssumeRolePolicyDocument ?? properties ?? (Array.isArray(value) ? value : undefined);
  return inner === undefined ? document : unwrapped(inner);
}

const longestTrust = 50_000;

type Refuse = (problem: Said) => never;

function allow(conditions: readonly TrustCondition[]): readonly TrustStatement[] {
  return [{ denies: false, conditions }];
}

function readDocument(document: JsonObject, refuse: Refuse): readonly TrustStatement[] {
  const { Statement, attributeCondition, attributeMapping, oidc, name, issuer, subject, audiences } =
    document;
  const exactly = (claim: string, name: string, value: JsonValue | undefined): TrustCondition[] =>
    value === undefined || value === null
      ? []
      : [{ claim, values: wantedTexts(name, value, refuse), match: 'equal' }];
  if (Statement !== undefined) {
    const read = [Statement].flat().flatMap((one) => readStatement(one, refuse));
    if (read.some(({ denies }) => !denies)) return read;
    return refuse(own('no Statement allows sts:AssumeRoleWithWebIdentity'));
  }
  if (issuer !== undefined || subject !== undefined || audiences !== undefined) {
    const { claimsMatchingExpression: flexible } = document;
    return allow([
      ...exactly('iss', 'issuer', issuer),
      ...exactly('sub', 'subject', subject),
      ...exactly('aud', 'audiences', audiences),
      ...(flexible ? readFlexible(flexible, refuse) : []),
    ]);
  }
  if (attributeCondition !== undefined || oidc !== undefined) {
    if (oidc !== undefined && !isJsonObject(oidc)) return refuse(own('oidc is not an object'));
    const { issuerUri, allowedAudiences } = oidc ?? {};
    // Without a list of its own, the provider takes its name as the audience.
    const places = [`https://iam.googleapis.com/${name}`, `//iam.googleapis.com/${name}`];
    const isListed = [allowedAudiences ?? []].flat().some((one) => one !== '');
    const mapping = isJsonObject(attributeMapping) ? attributeMapping : {};
    const [condition = ''] =
      attributeCondition === undefined ? [] : wantedTexts('attributeCondition', attributeCondition, refuse);
    const audiences = isListed ? allowedAudiences : typeof name === 'string' ? places : undefined;
    const ofProvider = [
      ...exactly('iss', 'issuerUri', issuerUri),
      ...exactly('aud', 'allowedAudiences', audiences),
    ];
    const alternatives = condition === '' ? [[]] : readExpression(condition, mapping, refuse);
    return alternatives.flatMap((one) => allow([...ofProvider, ...one]));
  }
  const { Condition } = document;
  const conditions = readOperators(isJsonObject(Condition) ? Condition : document, refuse);
  return conditions.length === 0 ? refuse(own('it has no condition')) : allow(conditions);
}

function wantedTexts(name: string, value: JsonValue, refuse: Refuse): readonly string[] {
  const values = [value].flat();
  const texts = values.filter((one) => typeof one === 'string');
  if (texts.length === values.length && texts.length > 0) return texts;
  return refuse(say`${name} is neither a text nor a list of texts`);
}

/** A statement of AWS IAM; none where it is not about a token of another issuer. */
function readStatement(statement: JsonValue, refuse: Refuse): readonly TrustStatement[] {
  if (!isJsonObject(statement)) return refuse(own('a Statement is not an object'));
  const { Effect, Principal, Action = '*', Condition = {} } = statement;
  const odd = ['NotAction', 'NotPrincipal'].find((key) => statement[key] !== undefined);
  if (odd !== undefined) return refuse(say`it has the key ${odd}`);
  if (Effect !== 'Allow' && Effect !== 'Deny') return refuse(own('its Effect is neither Allow nor Deny'));
  const action = 'sts:assumerolewithwebidentity';
  if (!textsOf(Action).some((one) => fits(action, one.toLowerCase()))) return [];
  if (!isJsonObject(Condition)) return refuse(own('Condition is not an object'));
  const providers = isJsonObject(Principal) ? textsOf(Principal.Federated ?? Principal.AWS) : ['*'];
  const issuers = providers.flatMap((one) => {
    const [, host = one.includes(':') ? '' : one] = /^arn:[^/]*:oidc-provider\/(.+)$/.exec(one) ?? [];
    return host === '' ? [] : [`https://${host}`];
  });
  if (issuers.length === 0) return [];
  const isAny = issuers.includes('https://*');
  const provider: TrustCondition = { claim: 'iss', values: issuers, match: 'equal' };
  const conditions = readOperators(Condition, refuse);
  return [{ denies: Effect === 'Deny', conditions: [...(isAny ? [] : [provider]), ...conditions] }];
}

/** AWS names the provider before the claim: "token.actions.githubusercontent.com:sub". */
function readOperators(operators: JsonObject, refuse: Refuse): readonly TrustCondition[] {
  return Object.entries(operators).flatMap(([name, keys]) => {
    if (!/^(?:For(?:AnyValue|AllValues):)?String(?:Equals|Like)$/.test(name) || !isJsonObject(keys))
      return refuse(say`${name} is not StringEquals or StringLike with its keys`);
    return Object.entries(keys).flatMap(([key, value]): TrustCondition[] => {
      const [, host = '', claim = ''] = /^([^:]*\.[^:]*(?::\d+[^:]*)?):([^:]+)$/.exec(key) ?? [];
      if (claim === '') return refuse(say`the key ${key} does not name a provider and a claim`);
      const values = wantedTexts(key, value, refuse);
      if (values.some((one) => one.includes('${'))) return refuse(say`${key} has a variable of AWS`);
      const match = name.endsWith('Like') ? 'pattern' : 'equal';
      // AWS does not tell cases of keys apart; hosts and claims of CI platforms are in small letters.
      const issuer = `https://${host.replace(/^[^/]*/, (name) => name.toLowerCase())}`;
      return [
        { claim: 'iss', values: [issuer], match: 'equal' },
        { claim: claim.toLowerCase(), values, match, ...(name.startsWith('ForAll') && { isForAll: true }) },
      ];
    });
  });
}

const literal = `\\s*['"]([^'"\\\\]*)['"]\\s*`;
const claimOf = `(assertion\\.\\w+|assertion\\[['"]\\w+['"]\\]|(?:attribute|google)\\.\\w+)\\s*`;
const celForm = (form: string) => new RegExp(`^${form}$`);
const celForms = {
  equal: celForm(`${claimOf}==${literal}`),
  different: celForm(`${claimOf}!=${literal}`),
  prefix: celForm(`${claimOf}\\.startsWith\\(${literal}\\)\\s*`),
  suffix: celForm(`${claimOf}\\.endsWith\\(${literal}\\)\\s*`),
};
const celChoice = celForm(`${claimOf}in\\s*\\[([^\\]]*)\\]\\s*`);
const celMember = celForm(`${literal}in\\s+${claimOf}`);
const celLiteral = new RegExp(`^${literal}$`);

/** No condition in use nests deeper, or has more alternatives. */
const deepest = 20;
const mostAlternatives = 100;

/**
 * The alternatives of `assertion.repository == 'org/app' && (assertion.ref == 'a' || assertion.ref.startsWith('b'))`, each
 * with all its conditions.
 * @param mapping the attributes of the provider, each by its expression
 */
function readExpression(
  text: string,
  mapping: JsonObject,
  refuse: Refuse,
  depth = 0,
): readonly (readonly TrustCondition[])[] {
  const read = (inner: string) => readExpression(inner, mapping, refuse, depth + 1);
  if (depth > deepest) return refuse(own('its brackets are nested too deep'));
  const any = splitOutside(text, '||');
  if (any.length > 1) return any.flatMap(read);
  const all = splitOutside(text, '&&');
  if (all.length > 1)
    return all.map(read).reduce((one, other) => {
      if (one.length * other.length > mostAlternatives) return refuse(own('it has too many alternatives'));
      return one.flatMap((left) => other.map((right) => [...left, ...right]));
    });
  const part = text.trim();
  return /^\(/.test(part) && part.endsWith(')')
    ? read(part.slice(1, -1))
    : [[readComparison(part, mapping, refuse)]];
}

/** The parts of an expression between operators that are in no brackets and no quotation marks. */
function splitOutside(text: string, operator: string): readonly string[] {
  const parts: string[][] = [[]];
  let depth = 0;
  for (const [token] of text.matchAll(/'[^']*'|"[^"]*"|\|\||&&|[\s\S]/g)) {
    if (token === '(') depth += 1;
    if (token === ')') depth -= 1;
    if (token === operator && depth === 0) parts.push([]);
    else parts.at(-1)?.push(token);
  }
  return parts.map((part) => part.join(''));
}

function readComparison(part: string, mapping: JsonObject, refuse: Refuse): TrustCondition {
  const claimNamed = (name: string): string => {
    const mapped = name.startsWith('assertion') ? name : ownMember(mapping, name.trim());
    const [, claim] = /^assertion(?:\.|\[['"])(\w+)(?:['"]\])?\s*$/.exec(String(mapped)) ?? [];
    return claim ?? refuse(say`${quoted(name)} is not mapped to a claim alone`);
  };
  for (const match of ['equal', 'different', 'prefix', 'suffix'] as const) {
    const [, name, value] = celForms[match].exec(part) ?? [];
    if (name !== undefined && value !== undefined)
      return { claim: claimNamed(name), values: [value], match, form: 'text' };
  }
  const [, chosen, list = ''] = celChoice.exec(part) ?? [];
  const values = list.split(',').map((one) => celLiteral.exec(one)?.[1]);
  if (chosen !== undefined && values.every((one) => one !== undefined))
    return { claim: claimNamed(chosen), values, match: 'equal', form: 'text' };
  const [, member, within] = celMember.exec(part) ?? [];
  if (member !== undefined && within !== undefined)
    return { claim: claimNamed(within), values: [member], match: 'equal', form: 'list' };
  return refuse(say`${quoted(part)} is not ==, !=, startsWith, endsWith or in of a claim`);
}

/** The flexible form of Entra: `claims['sub'] matches 'repo:org/*' and claims['aud'] eq 'x'`. */
function readFlexible(flexible: JsonValue, refuse: Refuse): readonly TrustCondition[] {
  const value = isJsonObject(flexible) ? flexible.value : undefined;
  if (typeof value !== 'string') return refuse(own('claimsMatchingExpression has no value'));
  return value.split(/\s+and\s+/).map((part): TrustCondition => {
    const [, claim, operator, wanted] =
      /^\s*claims\['(\w+)'\]\s+(eq|matches)\s+'([^']*)'\s*$/.exec(part) ?? [];
    if (claim === undefined || wanted === undefined)
      return refuse(say`${quoted(part.trim())} is not eq or matches of a claim`);
    return { claim, values: [wanted], match: operator === 'eq' ? 'equal' : 'pattern' };
  });
}

/**
 * Compares the claims with what lets a token in, and names the part that does not match: of several statements the one
 * that comes nearest counts, and one that denies it counts before all.
 */
export function judgeTrust(
  claims: JsonObject,
  statements: readonly TrustStatement[],
): readonly CheckResult[] {
  const judged = statements.map(({ denies, conditions }) => {
    const unlike = new Map(conditions.map((one) => [JSON.stringify(one), one]));
    const checks = [...unlike.values()].map((one) => judgeCondition(claims, one));
    return { denies, checks, failures: checks.filter(({ outcome }) => outcome === 'fail').length };
  });
  const allowing = judged.filter(({ denies }) => !denies).sort((a, b) => a.failures - b.failures);
  const nearest = (allowing[0]?.checks ?? []).map((check) =>
    check.outcome === 'fail' && allowing.length > 1
      ? {
          ...check,
          detail: remember(
            say`${recall(check.detail)} Of ${allowing.length} alternatives this one is the nearest.`,
          ),
        }
      : check,
  );
  const denied = judged.filter(({ denies, failures }) => denies && failures === 0);
  return [
    ...denied.map(({ checks }) => {
      const expected = own('no Deny that the token meets');
      const met = checks.map(({ expected = '' }) => recall(expected));
      const text = met.length === 0 ? own('without conditions') : say`with ${listed(met)}`;
      const detail = say`A Statement ${text} denies it (Effect: Deny).`;
      return underId('trust-condition', fail(detail, { expected, received: say`Deny ${text}` }));
    }),
    ...nearest,
  ];
}

const matchers: Readonly<Record<TrustCondition['match'], (value: string, wanted: string) => boolean>> = {
  equal: (value, wanted) => value === wanted,
  different: (value, wanted) => value !== wanted,
  pattern: fits,
  prefix: (value, wanted) => value.startsWith(wanted),
  suffix: (value, wanted) => value.endsWith(wanted),
};

function judgeCondition(
  claims: JsonObject,
  { claim, values, match, isForAll = false, form }: TrustCondition,
): CheckResult {
  const present = ownMember(claims, claim);
  const received = textsOf(present);
  const isPattern = match === 'pattern';
  const expected = say`${claim}: ${own(match === 'different' ? 'not ' : '')}${listed(values.map(shownValue), 5)}`;
  const compared = comparedWith(expected, present);
  const matches = matchers[match];
  const isMet = (value: string) => values.some((wanted) => matches(value, wanted));
  const isList = Array.isArray(present);
  const isForm = form === 'text' ? typeof present === 'string' : isList;
  if (present !== undefined && form !== undefined && !isForm) {
    const is = isList ? 'a list' : typeof present === 'string' ? 'a text' : 'no text';
    const wants = form === 'text' ? 'compares a text' : 'looks into a list';
    const detail = say`The claim ${claim} is ${own(is)}, and the condition ${own(wants)}.`;
    return underId('trust-condition', fail(detail, compared));
  }
  if (isForAll ? received.every(isMet) : received.some(isMet))
    return underId('trust-condition', pass(say`The claim ${claim} is as the server wants it.`, compared));
  const value = received.find((one) => !isMet(one));
  const [wanted = ''] = values;
  if (value === undefined)
    return underId('trust-condition', fail(say`The token has no claim ${claim}.`, compared));
  const named = value.replace(githubSubject, 'repo:$1/$3:$5');
  const isOtherForm = named !== value && values.some((one) => matches(named, one));
  const why =
    match === 'different'
      ? own('the condition excludes it')
      : isOtherForm
        ? own('GitHub wrote each name with its number, and the condition has names alone')
        : say`${quoted(match === 'suffix' ? wanted : differingPart(value, wanted, isPattern))} does not match`;
  return underId('trust-condition', fail(say`The claim ${claim} is ${quoted(value)}: ${why}.`, compared));
}

/** Tells whether a value fits a pattern: `*` is any text, `?` any character. As a regular expression it could hang. */
function fits(value: string, pattern: string): boolean {
  let at = 0;
  let next = 0;
  let afterStar = 0;
  let taken = 0;
  while (at < value.length) {
    if (pattern[next] === '*') {
      next += 1;
      afterStar = next;
      taken = at;
    } else if (pattern[next] === '?' || pattern[next] === value[at]) {
      next += 1;
      at += 1;
    } else if (afterStar > 0) {
      // The last star takes one character more.
      next = afterStar;
      taken += 1;
      at = taken;
    } else return false;
  }
  return /^\**$/.test(pattern.slice(next));
}

/** The part of a condition, between colons and slashes, from which on the value differs. */
function differingPart(value: string, wanted: string, isPattern: boolean): string {
  let length = wanted.length;
  const begins = (start: string) => (isPattern ? fits(value, `${start}*`) : value.startsWith(start));
  while (length > 0 && !begins(wanted.slice(0, length))) length -= 1;
  const from = Math.max(wanted.lastIndexOf(':', length - 1), wanted.lastIndexOf('/', length - 1)) + 1;
  return wanted.slice(from) || 'the end';
}
