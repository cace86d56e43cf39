// An account that was deactivated at the CA (RFC 8555 section 7.3.6): nothing can be done with it any more.
import { CertdeskError } from '../core/errors.ts';
import type { AcmeSession } from './contract.ts';
import { isRefusal } from './problem.ts';

/** @param cause What the CA refused, with its own words; null where the account itself said so. */
export function accountDeactivated(accountUrl: string | null, cause: CertdeskError | null): CertdeskError {
  const details = { accountUrl, ...(typeof cause?.details === 'object' ? cause.details : {}) };
  return new CertdeskError('ACME_ACCOUNT_DEACTIVATED', undefined, details, cause === null ? {} : { cause });
}

/**
 * What a refusal means: `unauthorized` may be said of the account or of a name, and only the account tells which. A CA
 * refuses every request of a deactivated account, newAccount included; one that answers it has an account in order.
 * @param session Of the account that was refused.
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
  } catch (asked) {
    if (asked instanceof CertdeskError && asked.code === 'ACME_ACCOUNT_DEACTIVATED') return asked;
    return isRefusal(asked, 'unauthorized') ? accountDeactivated(accountUrl, error) : error;
  }
}
