// Revokes certificates at the CA (RFC 8555 section 7.6): signed by the account that obtained the certificate, or by
// the certificate's key if that account no longer exists or the key is compromised, because a CA blocks a compromised
// key only if the key itself signs the request.
import type { RevocationReason } from '../../../shared/certificate.ts';
import type { Accounts } from '../acme/accounts.ts';
import type { AcmeClient } from '../acme/contract.ts';
import { type DirectoryOverrides, resolveDirectory } from '../acme/directories.ts';
import { type AnswerDetails, isRefusal } from '../acme/problem.ts';
import { CertdeskError } from '../core/errors.ts';
import type { CertificateRecord } from '../core/model.ts';
import type { Vault } from '../core/ports.ts';
import type { Stores } from '../core/stores.ts';

export interface RevokeDeps {
  readonly stores: Stores;
  readonly accounts: Pick<Accounts, 'reopen'>;
  readonly acme: Pick<AcmeClient, 'session'>;
  readonly vault: Vault;
  readonly directories: DirectoryOverrides;
}

export interface Revocation {
  readonly reason: RevocationReason;
  /** RFC 5280 section 5.3.1. */
  readonly code: number;
  readonly signal: AbortSignal;
}

/**
 * Revokes a certificate. Succeeds if the CA has already revoked it.
 * @throws ACME_*
 */
export async function revokeAtCa(
  deps: RevokeDeps,
  certificate: CertificateRecord,
  { reason, code, signal }: Revocation,
): Promise<void> {
  const options = { code, signal };
  if (reason !== 'keyCompromise') {
    return revokeByAccount(deps, certificate, options).catch((error: unknown) => {
      if (!isAccountMissing(error)) throw error;
      return revokeByCertificateKey(deps, certificate, options);
    });
  }
  // Not every CA accepts a request signed by the certificate's key (acme2certifier). The account then signs, with the
  // same reason.
  return revokeByCertificateKey(deps, certificate, options).catch((error: unknown) => {
    signal.throwIfAborted();
    if (!isRefused(error)) throw error;
    // If the account does not exist either, the first refusal says more.
    return revokeByAccount(deps, certificate, options).catch((cause: unknown) => {
      throw isAccountMissing(cause) ? error : cause;
    });
  });
}

/** Whether the CA refuses the request, as opposed to failing or limiting its rate. */
function isRefused(error: unknown): boolean {
  if (!(error instanceof CertdeskError) || error.code === 'ACME_RATE_LIMITED') return false;
  const status = (error.details as Partial<AnswerDetails> | undefined)?.status ?? 0;
  return (status >= 400 && status < 500) || status === 501;
}

async function revokeByAccount(
  { accounts }: RevokeDeps,
  { accountId, chain }: CertificateRecord,
  { code, signal }: Omit<Revocation, 'reason'>,
): Promise<void> {
  const { session } = await accounts.reopen(accountId ?? '', signal);
  await session.revokeCertificate(chain, code);
}

function isAccountMissing(error: unknown): boolean {
  if (isRefusal(error, 'accountDoesNotExist') || isRefusal(error, 'unauthorized')) return true;
  return error instanceof CertdeskError && error.code === 'ACME_REJECTED' && error.details === undefined;
}

async function revokeByCertificateKey(
  { acme, vault, stores, directories }: RevokeDeps,
  certificate: CertificateRecord,
  { code, signal }: Omit<Revocation, 'reason'>,
): Promise<void> {
  const { id, chain, keySealed, spec, accountId } = certificate;
  const account = accountId === null ? null : await stores.accounts.get(accountId);
  const directoryUrl =
    account?.directoryUrl ?? resolveDirectory(spec?.ca ?? '', spec?.staging ?? false, directories);
  const privateKey = await vault.open(keySealed, `certificate:${id}`);
  const session = acme.session({ directoryUrl, accountKey: privateKey, accountUrl: null, signal });
  await session.revokeCertificate(chain, code, privateKey);
}
