// Revocation at the CA (RFC 8555 section 7.6): by the account that obtained the certificate, or by the certificate's
// own key where that account is gone, or where the key is compromised (a CA blocks the key only when it signs itself).
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

/** @throws ACME_* ; a certificate that the CA has revoked already is a success. */
export async function revokeAtCa(
  deps: RevokeDeps,
  certificate: CertificateRecord,
  { reason, code, signal }: Revocation,
): Promise<void> {
  const how = { code, signal };
  if (reason !== 'keyCompromise') {
    return byAccount(deps, certificate, how).catch((error: unknown) => {
      if (!accountGone(error)) throw error;
      return byCertificateKey(deps, certificate, how);
    });
  }
  // Not every CA takes a request that the certificate's key signs (acme2certifier): then the account's, same reason.
  return byCertificateKey(deps, certificate, how).catch((error: unknown) => {
    signal.throwIfAborted();
    if (!isRefused(error)) throw error;
    // Where the account is gone too, the first refusal says more.
    return byAccount(deps, certificate, how).catch((cause: unknown) => {
      throw accountGone(cause) ? error : cause;
    });
  });
}

/** Whether the CA has answered, and does not want it so: not that it fails, or is asked too often. */
function isRefused(error: unknown): boolean {
  if (!(error instanceof CertdeskError) || error.code === 'ACME_RATE_LIMITED') return false;
  const status = (error.details as Partial<AnswerDetails> | undefined)?.status ?? 0;
  return (status >= 400 && status < 500) || status === 501;
}

async function byAccount(
  { accounts }: RevokeDeps,
  { accountId, chain }: CertificateRecord,
  { code, signal }: Omit<Revocation, 'reason'>,
): Promise<void> {
  const { session } = await accounts.reopen(accountId ?? '', signal);
  await session.revokeCertificate(chain, code);
}

function accountGone(error: unknown): boolean {
  if (isRefusal(error, 'accountDoesNotExist') || isRefusal(error, 'unauthorized')) return true;
  return error instanceof CertdeskError && error.code === 'ACME_REJECTED' && error.details === undefined;
}

async function byCertificateKey(
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
