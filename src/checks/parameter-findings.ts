import type { ParameterProblems } from '../protocol/parameter-problems.ts';
import { type Finding, finding, foundOf, namesText, plural } from './finding.ts';

/** Findings about parameters that are null, empty or of the wrong type (RFC 6749 §5.1, §5.2, Appendix A). */
export function findParameterDeviations(problems: ParameterProblems): Finding[] {
  const { nullParameters, emptyParameters, wrongTypes } = problems;
  const wrongText = wrongTypes.map(({ name, type }) => `${namesText([name])} is ${article(type)}`).join(', ');
  return foundOf([
    nullParameters.length > 0 &&
      finding(
        'parameter-null',
        `${namesText(nullParameters)} came as null, which counts as absent.`,
        `null: ${namesText(nullParameters)}`,
      ),
    ...findEmptyParameters(emptyParameters),
    wrongTypes.length > 0 &&
      finding('parameter-wrong-type', `The JSON type is wrong for its parameter: ${wrongText}.`, wrongText),
  ]);
}

/** The finding about parameters that are the empty string (RFC 6749 Appendix A). */
export function findEmptyParameters(names: readonly string[]): Finding[] {
  return names.length === 0
    ? []
    : [
        finding(
          'parameter-empty-string',
          `The parameter${plural(names)} ${namesText(names)} came empty, which counts as absent.`,
          `empty: ${namesText(names)}`,
        ),
      ];
}

function article(type: string): string {
  return /^[ao]/.test(type) ? `an ${type}` : `a ${type}`;
}
