// Errors of the client. Each ends the command with its message on standard error.
import type { ErrorBody } from '../../shared/errors.ts';

/** The command failed (exit code 1). */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure';
  /** What `--json` prints: the server's answer, or null if there is none. */
  readonly body: ErrorBody | null;

  constructor(message: string, body: ErrorBody | null = null, options?: ErrorOptions) {
    super(message, options);
    this.body = body;
  }
}

/** The command line is wrong (exit code 2). */
export class UsageFailure extends Error {
  override readonly name = 'UsageFailure';
}
