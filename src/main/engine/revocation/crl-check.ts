// Checks once a day, by CRL, whether the CA has revoked an active certificate. ARI may report it earlier.
import { REVOCATION_REASONS, RevocationReasonSchema } from '../../../shared/certificate.ts';
import { toTimestamp } from '../../../shared/time.ts';
import type { Journal } from '../audit/journal.ts';
import type { Background } from '../core/background.ts';
import { type CertdeskError, toCertdeskError } from '../core/errors.ts';
import type { CertificateRecord } from '../core/model.ts';
import type { Clock } from '../core/ports.ts';
import { forgetResumableOrders } from '../issuance/resumable-orders.ts';
import type { Revoked } from '../pki/inspect/crl.ts';
import { readStored } from '../pki/inspect/leaf.ts';
import type { CrlTasks } from './background-tasks.ts';
import type { CrlFetcher } from './crl-fetcher.ts';
import { type CrlDeps, lookUpInCrls } from './look-up-crls.ts';

export interface RevocationCheckDeps {
  readonly journal: Journal;
  readonly clock: Clock;
  /** From 0 to 1; spreads the next checks. */
  random(): number;
  fetchCrl: CrlFetcher['fetch'];
  readonly background: Background<CrlTasks>;
}

const HOUR_MS = 3_600_000;

/**
 * Checks one certificate and stores the result.
 * @throws the reason of `signal`, STORAGE_FAILED
 */
export async function checkRevocation(
  deps: RevocationCheckDeps,
  certificate: CertificateRecord,
  signal: AbortSignal,
): Promise<void> {
  let revoked: Revoked | null = null;
  let failure: CertdeskError | null = null;
  try {
    revoked = await lookUpStored(deps, certificate, signal);
  } catch (cause) {
    signal.throwIfAborted();
    failure = toCertdeskError(cause);
  }
  const now = deps.clock.now();
  const wait = (failure === null ? 23 : 6) * HOUR_MS + deps.random() * HOUR_MS;
  const check = {
    checkedAt: toTimestamp(now),
    checkAt: toTimestamp(new Date(now.getTime() + wait)),
    error: failure?.message ?? null,
  };
  await deps.journal.write(async (tx, emit) => {
    const { id, projectId, domain } = certificate;
    await tx.certificates.update(id, { revocationCheck: check });
    const current = await tx.certificates.get(id);
    if (revoked === null || current === null || current.revokedAt !== null) return;
    const reason = reasonName(revoked.reason);
    await tx.certificates.update(id, { revokedAt: toTimestamp(revoked.at), revocationReason: reason });
    // The next renewal must not reuse a key from before the compromise.
    if (reason === 'keyCompromise') await forgetResumableOrders(tx, projectId);
    const message = `The CA has revoked the certificate for ${domain} (${reason})`;
    const audit = { operation: 'certificates.revoked-by-ca', result: 'ok' } as const;
    await emit({ kind: 'certificate.revoked', projectId, message, audit });
  });
}

/** Null if no CRL lists the stored certificate, or it names no CRL. @throws the last error if every CRL failed */
async function lookUpStored(
  { clock, fetchCrl, background }: RevocationCheckDeps,
  { chain }: CertificateRecord,
  signal: AbortSignal,
): Promise<Revoked | null> {
  const stored = readStored(chain);
  if (stored === null) return null;
  const lookUpCrl: CrlDeps['lookUpCrl'] = (input) =>
    background.run('lookUpCrl', input, { owner: 'revocation-check', signal });
  const query = { certificate: stored.leaf, issuer: stored.issuer, now: clock.now() };
  return lookUpInCrls({ fetchCrl, lookUpCrl }, query, signal);
}

/** Reasons that a subscriber cannot give count as unspecified. */
function reasonName(code: number) {
  const found = RevocationReasonSchema.options.find((name) => REVOCATION_REASONS[name] === code);
  return found ?? 'unspecified';
}
