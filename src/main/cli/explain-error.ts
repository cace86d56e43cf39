// What follows the message of an error: the names that the CA could not validate, its reasons, and what to do.
import type { ErrorBody } from '../../shared/errors.ts';
import { adviceOf, nameFailures } from '../../shared/failure-details.ts';

/** @returns lines to print below the message, with text of other servers; empty if there is no more to say */
export function explainError(body: ErrorBody | null): readonly string[] {
  if (body === null) return [];
  const names = nameFailures(body);
  const advice = adviceOf(body);
  if (names.length === 0) return advice === null || body.error.includes(advice) ? [] : [`  ${advice}`];
  return names.flatMap(({ name, detail, advice: own }) => [
    `  ${name}: ${own ?? detail ?? 'the CA gave no reason'}`,
    ...(own === null || detail === null ? [] : [`    The CA says: ${detail}`]),
  ]);
}
