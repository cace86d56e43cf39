// The one failure of a secret store.
import { CertdeskError } from '../engine/core/errors.ts';

/** @param message What is wrong and what to do about it; no secret. */
export function secretStoreUnavailable(message: string, cause?: unknown): CertdeskError {
  return new CertdeskError('SECRET_STORE_UNAVAILABLE', message, undefined, { cause });
}

/** The errno code (`ENOENT`, `SQLITE_BUSY`), or undefined where there is none. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
