// The one way to fail: CertdeskError with a code of the catalogue.
import { ERRORS, type ErrorBody, type ErrorCode, type ErrorEntry } from '../../../shared/errors.ts';

/** Characters. Messages may quote what others wrote, and go into the database and every list. */
const LONGEST_MESSAGE = 20_000;

/**
 * A failure that is meant to be read: `message` is a sentence for a person, `details` is plain JSON that goes
 * into answers and the database, so neither may ever hold a secret. `cause` goes to the log only.
 */
export class CertdeskError extends Error {
  override readonly name = 'CertdeskError';
  readonly code: ErrorCode;
  readonly details: unknown;

  constructor(code: ErrorCode, message?: string, details?: unknown, options?: { cause?: unknown }) {
    super((message ?? ERRORS[code].summary).slice(0, LONGEST_MESSAGE), options);
    this.code = code;
    this.details = details;
  }

  get entry(): ErrorEntry {
    return ERRORS[this.code];
  }

  toBody(): ErrorBody {
    return {
      success: false,
      error: this.message,
      code: this.code,
      ...(this.details === undefined ? {} : { details: this.details }),
    };
  }

  static fromBody(body: ErrorBody): CertdeskError {
    return new CertdeskError(body.code, body.error, body.details);
  }
}

/** A CertdeskError as it is; anything else becomes INTERNAL with the original as its cause. */
export function toCertdeskError(error: unknown): CertdeskError {
  return error instanceof CertdeskError
    ? error
    : new CertdeskError('INTERNAL', undefined, undefined, { cause: error });
}
