// The error of a call, for tests that check the code, the message and the details together.
import { CertdeskError } from '../../../src/main/engine/core/errors.ts';

/** The CertdeskError that `call` throws; fails the test if it throws nothing or another error. */
export function failureOf(call: () => unknown): CertdeskError {
  try {
    call();
  } catch (error) {
    if (error instanceof CertdeskError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

/** The CertdeskError that a promise rejects with; fails the test if it resolves, or rejects with another error. */
export async function rejectionOf(promise: Promise<unknown>): Promise<CertdeskError> {
  const outcome = await promise.then(
    () => new Error('nothing was thrown'),
    (error: unknown) => error,
  );
  return failureOf(() => {
    throw outcome;
  });
}
