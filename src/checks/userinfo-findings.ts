import type { UserinfoReading } from '../protocol/userinfo-response.ts';
import { findMissingChallenge } from './error-response-findings.ts';
import { type Finding, finding, foundOf, namesText } from './finding.ts';
import {
  findRepresentationDeviations,
  findSyntaxDeviations,
  findUnsafeNumbers,
  unsafeNumbersFinding,
} from './representation-findings.ts';

/** Finds what deviates in a UserInfo response (OIDC Core §5.1, §5.3.2). */
export function findUserinfoDeviations(reading: UserinfoReading): Finding[] {
  const isJwt = reading.type === 'encrypted' || (reading.type === 'claims' && reading.signed);
  return [
    ...findRepresentationDeviations(reading, { isJwt }),
    ...(isJwt ? [] : findSyntaxDeviations(reading)),
    ...findMissingChallenge(reading),
    ...(reading.type === 'claims' && reading.signed
      ? unsafeNumbersFinding(reading.json.unsafeIntegers)
      : findUnsafeNumbers(reading)),
    ...findClaimDeviations(reading),
  ];
}

function findClaimDeviations(reading: UserinfoReading): Finding[] {
  if (reading.type !== 'claims' || !reading.openidRequested) {
    return [];
  }
  const { hasSub, wrongTypes, path } = reading;
  const wrongText = wrongTypes.map(({ name, type }) => `${name}: ${type}`).join(', ');
  return foundOf([
    !hasSub && finding('sub-missing', 'No sub says whose claims these are.'),
    wrongTypes.length > 0 &&
      finding('claim-wrong-type', `Claims have a JSON type that is not theirs: ${wrongText}.`, wrongText),
    path !== '' &&
      finding(
        'claims-nested',
        `The claims stand in ${namesText([path])}, not at the top level.`,
        namesText([path]),
      ),
  ]);
}
