// Recognizes accounts that the CA has deactivated (RFC 8555 section 7.3.6) and can no longer be used.
import { CertdeskError } from '../core/errors.ts';
import type { AcmeSession } from './contract.ts';
import { isRefusal } from './problem.ts';

/** @param cause The CA's refusal of a request; null if the account object itself has the status `deactivated`. */
export function accountDeactivated(accountUrl: string | null, cause: CertdeskError | null): CertdeskError {
  const details = { accountUrl, ...(typeof cause?.details === 'object' ? cause.details : {}) };
  return new CertdeskError('ACME_ACCOUNT_DEACTIVATED', undefined, details, cause === null ? {} : { cause });
}

/**
 * Finds out whether an `unauthorized` error concerns the account or only a name, by looking the account up: a CA rejects
 * every request of a deactivated account, even newAccount.
 * @param session The session of the account.
 * @returns ACME_ACCOUNT_DEACTIVATED, or `error` unchanged
 */
export async function explainUnauthorized(
  error: unknown,
  session: Pick<AcmeSession, 'findAccount'>,
  accountUrl: string | null,
): Promise<unknown> {
  if (!(error instanceof CertdeskError) || !isRefusal(error, 'unauthorized')) return error;
  try {
    await session.findAccount();
    return error;
  } catch (second) {
    if (second instanceof CertdeskError && second.code === 'ACME_ACCOUNT_DEACTIVATED') return second;
    return isRefusal(second, 'unauthorized') ? accountDeactivated(accountUrl, error) : error;
  }
}
