// The one way to fail: CertdeskError with a code of the catalogue.
import { ERRORS, type ErrorBody, type ErrorCode, type ErrorEntry } from '../../../shared/errors.ts';
import type { DetailsOf } from './error-details.ts';

/** For each code the details that it has (error-details.ts); a code that is known only at run time has none. */
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

/** Characters. Messages may quote what others wrote, and go into the database and every list. */
const LONGEST_MESSAGE = 20_000;

/**
 * A failure that is meant to be read: `message` is a sentence for a person, `details` is plain JSON that goes
 * into answers and the database, so neither may ever hold a secret. `cause` goes to the log only.
 */
export class CertdeskError extends Error {
  override readonly name = 'CertdeskError';
  readonly code: ErrorCode;
  /** Unknown to readers: it may come from the database, as an earlier version wrote it. */
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

  /** The same failure in other words, with this one as its cause. */
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

/** A CertdeskError as it is; anything else becomes INTERNAL with the original as its cause. */
export function toCertdeskError(error: unknown): CertdeskError {
  return error instanceof CertdeskError
    ? error
    : new CertdeskError('INTERNAL', undefined, undefined, { cause: error });
}
