// The error class that the whole engine throws: CertdeskError, with a code from the catalogue in shared/errors.ts.
import { ERRORS, type ErrorBody, type ErrorCode, type ErrorEntry } from '../../../shared/errors.ts';
import type { DetailsOf } from './error-details.ts';

/** Each code with its own details (error-details.ts). A code known only at run time has no details. */
type Parts =
  | {
      [Code in ErrorCode]: [
        code: Code,
        message?: string,
        details?: DetailsOf<Code> | undefined,
        options?: ErrorOptions,
      ];
    }[ErrorCode]
  | [code: ErrorCode, message?: string, details?: undefined, options?: ErrorOptions];

/** Characters. Messages may quote remote servers, and they are stored in the database and sent in every list. */
const LONGEST_MESSAGE = 20_000;

/**
 * An error for users: `message` is a full sentence, and `details` is plain JSON. Both go into responses and the
 * database, so they must never contain a secret. `cause` goes to the log only.
 */
export class CertdeskError extends Error {
  override readonly name = 'CertdeskError';
  readonly code: ErrorCode;
  /** Untyped, because an earlier version may have written it to the database. */
  readonly details: unknown;

  constructor(...[code, message, details, options]: Parts) {
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

  /** The same error with another message, and this one as its cause. */
  reword(message: string, details: unknown = this.details): CertdeskError {
    return CertdeskError.fromBody(
      { success: false, error: message, code: this.code, details },
      { cause: this },
    );
  }

  static fromBody({ code, error, details }: ErrorBody, options?: ErrorOptions): CertdeskError {
    return new CertdeskError(...([code, error, details, options] as Parts));
  }
}

/** Returns a CertdeskError unchanged, and wraps anything else in INTERNAL with the original as its cause. */
export function toCertdeskError(error: unknown): CertdeskError {
  return error instanceof CertdeskError
    ? error
    : new CertdeskError('INTERNAL', undefined, undefined, { cause: error });
}
