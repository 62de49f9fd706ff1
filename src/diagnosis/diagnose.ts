import { authorizationErrors } from './authorization-errors.ts';
import { bindingEvidence, clientEvidence } from './client-evidence.ts';
import { refusalCauses } from './client-refusals.ts';
import { codeEvidence, isDisproved } from './code-evidence.ts';
import { type Candidate, type Diagnosed, proven, rank } from './diagnosis.ts';
import { causesIn, type ErrorTable } from './error-table.ts';
import { furtherErrors, registrationErrors } from './further-errors.ts';
import { missingParameters } from './missing-parameter.ts';
import { providerCauses } from './provider-errors.ts';
import { isBodyUnsaved, pageEvidence, requestEvidence } from './request-evidence.ts';
import { resourceErrors } from './resource-errors.ts';
import { saidCauses } from './server-words.ts';
import type { Situation } from './situation.ts';
import { otherErrors, parErrors, tokenErrors } from './token-errors.ts';

/**
 * Asked in this order: servers also answer with codes that belong to another endpoint, such as a token endpoint that
 * wants the person to act, or a revocation that refuses the access token it was called with.
 */
const tables: Readonly<Record<Situation['endpoint'], readonly ErrorTable[]>> = {
  authorization: [authorizationErrors, furtherErrors],
  par: [parErrors, authorizationErrors, tokenErrors, furtherErrors],
  token: [tokenErrors, furtherErrors, authorizationErrors, resourceErrors],
  other: [otherErrors, tokenErrors, furtherErrors, authorizationErrors, resourceErrors],
  resource: [resourceErrors, furtherErrors],
  discovery: [furtherErrors],
  registration: [registrationErrors, furtherErrors],
};

/**
 * The likely causes of an error in order: what the messages prove, what the server says it misses, what its own codes
 * say, what the request suggests, and what the registered error code means.
 */
export function diagnoseError(situation: Situation): Diagnosed {
  return rank(errorCandidates(situation), situation.voice);
}

/** The same before they are ranked. */
export function errorCandidates(situation: Situation): readonly Candidate[] {
  const code = proven(codeEvidence(situation));
  // A resource checks tokens with the libraries that clients have, and quotes them.
  const refused = situation.endpoint === 'resource' ? refusalCauses(situation.text, true) : [];
  const known = providerCauses(situation);
  const explained = known.map(({ words }) => words);
  const said = [...known, ...(refused.length > 0 ? refused : saidCauses(situation, explained))].filter(
    (one) => one && !isDisproved(one, situation),
  );
  const described = describedCauses(situation);
  const isGuess = said.length > 0 || described.length > 0 || isBodyUnsaved(situation);
  const speaksOf = (words: RegExp) => said.some((one) => one && words.test(String(one.cause)));
  // Words that speak of something else than the code, or the access token, leave none of its causes.
  const isElsewhere =
    situation.error === 'invalid_grant'
      ? said.length > 0 && !speaksOf(/(?<!device )\bcode|redirect_uri|\bgrant\b/)
      : situation.error === 'invalid_token' && speaksOf(/refresh token|for registration/);
  const further = [...proven(clientEvidence(situation, said.length > 0)), ...requestEvidence(situation)];
  return [
    ...code,
    ...proven(situation.endpoint === 'resource' ? [bindingEvidence(situation)] : []),
    ...missingParameters(situation, [...code, ...further]),
    ...said,
    ...further,
    ...pageEvidence(situation, said.length > 0),
    ...described,
    ...(isElsewhere ? [] : registeredCauses(situation)).map((one) =>
      // The words of the server outweigh what its code may mean.
      one && isGuess && one.confidence !== 'high' ? { ...one, confidence: 'low' as const } : one,
    ),
  ];
}

/** The registered code for the kind of error that a status tells of. */
function kindOf({ endpoint, error, status }: Situation): string | null {
  const isResource = endpoint === 'resource' || endpoint === 'registration';
  if (status === 401) return isResource ? 'invalid_token' : 'invalid_client';
  if (status === 403) return isResource ? 'insufficient_scope' : 'access_denied';
  const isOfRequest = error !== null && endpoint !== 'discovery' && status !== null && status < 500;
  return isOfRequest ? 'invalid_request' : null;
}

/** Some servers describe an error by the code of another one, which says more. */
function describedCauses(situation: Situation): readonly Candidate[] {
  const { description, error } = situation;
  return description === error || description === null
    ? []
    : (tableCauses({ ...situation, error: description }) ?? []);
}

function tableCauses(situation: Situation): readonly Candidate[] | undefined {
  for (const table of tables[situation.endpoint]) {
    const causes = causesIn(table, situation);
    if (causes !== undefined) return causes;
  }
  return undefined;
}

function registeredCauses(situation: Situation): readonly Candidate[] {
  const { error } = situation;
  const causes = tableCauses(situation);
  if (causes !== undefined) return causes;
  // A code of the server's own, or none: then the status says what kind of error it is.
  const kind = kindOf(situation);
  return kind === null || kind === error
    ? []
    : registeredCauses({ ...situation, error: kind }).map((one) => one && { ...one, confidence: 'low' });
}
