import { isJsonObject, type JsonObject } from '../json/json.ts';
import type { TraceDiagnosis, TraceError, TraceOutcome } from './trace.ts';
import { objects, oneOf, optionalText, status, text, textOrNull } from './trace-members.ts';

/** How a run ended, as far as a file says it; what is missing or odd is left out. */
export function readOutcome({ status: ending, error, diagnosis }: JsonObject): TraceOutcome {
  const causes = objects(diagnosis).map(readDiagnosis);
  return {
    status: oneOf(ending, ['done', 'failed', 'cancelled'], 'failed'),
    ...(isJsonObject(error) ? { error: readError(error) } : {}),
    ...(causes.length === 0 ? {} : { diagnosis: causes }),
  };
}

function readError(error: JsonObject): TraceError {
  const { oauth } = error;
  return {
    code: text(error.code),
    step: textOrNull(error.step),
    message: text(error.message),
    hint: textOrNull(error.hint),
    exit_code: status(error.exit_code),
    ...(isJsonObject(oauth)
      ? {
          oauth: {
            error: textOrNull(oauth.error),
            error_description: textOrNull(oauth.error_description),
            error_uri: textOrNull(oauth.error_uri),
            status: typeof oauth.status === 'number' ? oauth.status : null,
          },
        }
      : {}),
    ...optionalText('check', error.check),
  };
}

function readDiagnosis(found: JsonObject): TraceDiagnosis {
  return {
    cause: text(found.cause),
    why: text(found.why),
    try: text(found.try),
    confidence: oneOf(found.confidence, ['high', 'medium', 'low'], 'low'),
    ...(found.proven === true ? { proven: true as const } : {}),
    ...optionalText('source', found.source),
    ...optionalText('expected', found.expected),
    ...optionalText('received', found.received),
  };
}
