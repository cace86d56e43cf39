// What a call fails with, for tests that look at the code, the sentence and the details together.
import { CertdeskError } from '../../../src/main/engine/core/errors.ts';

/** The CertdeskError that `call` throws; fails the test where it throws nothing or anything else. */
export function failureOf(call: () => unknown): CertdeskError {
  try {
    call();
  } catch (error) {
    if (error instanceof CertdeskError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

/** The CertdeskError that a promise rejects with; fails the test where it resolves, or rejects with anything else. */
export async function rejectionOf(promise: Promise<unknown>): Promise<CertdeskError> {
  const outcome = await promise.then(
    () => new Error('nothing was thrown'),
    (error: unknown) => error,
  );
  return failureOf(() => {
    throw outcome;
  });
}
