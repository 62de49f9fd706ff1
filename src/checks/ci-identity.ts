import { isJsonObject, type JsonObject, type JsonValue, parsePlainJson } from '../json/json.ts';
import { own, say } from '../say.ts';
import { type CheckResult, comparedWith, fail, pass, underId } from './check-result.ts';
import { listed, quoted, shownValue } from './shown-value.ts';

/** A claim of the token of a CI job, and what it says. */
export interface IdentityRow {
  readonly claim: string;
  readonly value: string;
  readonly meaning: string;
}

/** What a server demands of one claim: one of the values, in which `*` and `?` stand for others if it is a pattern. */
export interface TrustCondition {
  readonly claim: string;
  readonly values: readonly string[];
  readonly isPattern: boolean;
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
  return value === undefined
    ? []
    : [value].flat().map((one) => (typeof one === 'string' ? one : JSON.stringify(one)));
}

/**
 * Reads what a server trusts: `claim=pattern`, a condition of Google (CEL), or the JSON of AWS IAM, an Entra federated
 * credential or a Google provider; undefined for what cannot be compared.
 */
export function readTrust(text: string): readonly TrustCondition[] | undefined {
  const document = parsePlainJson(text);
  if (isJsonObject(document)) return readDocument(document);
  if (/[=(]\s*['"]/.test(text)) return readExpression(text);
  const [, claim = '', value = ''] = /^([\w.-]+)=(.+)$/s.exec(text.trim()) ?? [];
  return claim === '' ? undefined : [{ claim, values: [value], isPattern: true }];
}

function readDocument(document: JsonObject): readonly TrustCondition[] | undefined {
  const exactly = (claim: string, value: JsonValue | undefined): TrustCondition[] =>
    value === undefined ? [] : [{ claim, values: textsOf(value), isPattern: false }];
  const { Statement, Condition, attributeCondition, oidc, issuer, subject, audiences } = document;
  if (Statement !== undefined) {
    const read = [Statement].flat().map((one) => (isJsonObject(one) ? readDocument(one) : undefined));
    return read.some((one) => one === undefined) ? undefined : read.flatMap((one) => one ?? []);
  }
  if (isJsonObject(Condition)) return readDocument(Condition);
  if (subject !== undefined || audiences !== undefined) {
    return [...exactly('iss', issuer), ...exactly('sub', subject), ...exactly('aud', audiences)];
  }
  if (attributeCondition !== undefined || isJsonObject(oidc)) {
    const { issuerUri, allowedAudiences } = isJsonObject(oidc) ? oidc : {};
    const condition = attributeCondition === undefined ? [] : readExpression(String(attributeCondition));
    return condition && [...exactly('iss', issuerUri), ...exactly('aud', allowedAudiences), ...condition];
  }
  const operators = Object.entries(document);
  const known = operators.every(
    ([name, keys]) => isJsonObject(keys) && /^(?:For(?:Any|All)\w+:)?String(?:Equals|Like)$/.test(name),
  );
  if (!known || operators.length === 0) return undefined;
  // AWS names the provider before the claim: "token.actions.githubusercontent.com:sub".
  return operators.flatMap(([name, keys]) =>
    Object.entries(keys as JsonObject).map(([key, value]) => ({
      claim: key.slice(key.lastIndexOf(':') + 1),
      values: textsOf(value),
      isPattern: name.endsWith('Like'),
    })),
  );
}

/** `assertion.repository == 'org/app' && assertion.ref.startsWith('refs/tags/')`. */
function readExpression(text: string): readonly TrustCondition[] | undefined {
  const read = text.split('&&').map((part): TrustCondition | undefined => {
    const [, claim = '', equal, begins] =
      /^\s*\(?\s*assertion\.(\w+)\s*(?:==\s*['"]([^'"]*)['"]|\.startsWith\(\s*['"]([^'"]*)['"]\s*\))\s*\)?\s*$/.exec(
        part,
      ) ?? [];
    const value = equal ?? (begins === undefined ? undefined : `${begins}*`);
    return value === undefined ? undefined : { claim, values: [value], isPattern: equal === undefined };
  });
  return read.some((one) => one === undefined) ? undefined : read.flatMap((one) => one ?? []);
}

/** Compares the claims with each condition, and names the part that does not match. */
export function judgeTrust(
  claims: JsonObject,
  conditions: readonly TrustCondition[],
): readonly CheckResult[] {
  return conditions.map(({ claim, values, isPattern }) => {
    const received = textsOf(claims[claim]);
    const expected = say`${claim}: ${listed(values.map(shownValue), 5)}`;
    const compared = comparedWith(expected, claims[claim]);
    const matches = (value: string, wanted: string) => (isPattern ? fits(value, wanted) : value === wanted);
    if (received.some((value) => values.some((wanted) => matches(value, wanted))))
      return underId('trust-condition', pass(say`The claim ${claim} is as the server wants it.`, compared));
    const [value] = received;
    const [wanted = ''] = values;
    if (value === undefined)
      return underId('trust-condition', fail(say`The token has no claim ${claim}.`, compared));
    const named = value.replace(githubSubject, 'repo:$1/$3:$5');
    const isOtherForm = named !== value && values.some((one) => matches(named, one));
    const why = isOtherForm
      ? own('GitHub wrote each name with its number, and the condition has names alone')
      : say`${quoted(differingPart(value, wanted, isPattern))} does not match`;
    return underId('trust-condition', fail(say`The claim ${claim} is ${quoted(value)}: ${why}.`, compared));
  });
}

function fits(value: string, pattern: string): boolean {
  const source = pattern
    .replace(/[\\^$.|+()[\]{}]/g, '\\$&')
    .replaceAll(/\*+/g, '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 's').test(value);
}

/** The part of a condition, between colons and slashes, from which on the value differs. */
function differingPart(value: string, wanted: string, isPattern: boolean): string {
  let length = wanted.length;
  const begins = (start: string) => (isPattern ? fits(value, `${start}*`) : value.startsWith(start));
  while (length > 0 && !begins(wanted.slice(0, length))) length -= 1;
  const from = Math.max(wanted.lastIndexOf(':', length - 1), wanted.lastIndexOf('/', length - 1)) + 1;
  return wanted.slice(from) || 'the end';
}
