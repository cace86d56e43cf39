// What a call fails with, for tests that look at the code, the sentence and the details together.
import { CertdeskError } from '../../src/main/engine/errors.ts';

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
