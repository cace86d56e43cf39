// Checks what the service of a host presents after its files were replaced, and compares it with before.
import type { X509Certificate } from 'node:crypto';
import type { DeploymentVerify } from '../../../shared/deployment.ts';
import type { CertificateRecord } from '../core/model.ts';
import type { HostRecord, SeenBefore } from '../core/model-deploy.ts';
import type { Clock } from '../core/ports.ts';
import type { Stores } from '../core/stores.ts';
import type { Timing } from '../core/timing.ts';
import { fingerprintOf, readCertificates } from '../endpoints/findings.ts';
import { hasName } from '../endpoints/names.ts';
import { resolveHost } from '../endpoints/resolve.ts';
import type { PresentedSighting, Probe, Sighting } from '../endpoints/sighting.ts';
import type { AddressPolicy } from '../outgoing/address-policy.ts';
import { originOf } from '../outgoing/saved-by.ts';
import { isSelfSigned } from '../pki/inspect/certificate.ts';
import { parseChain } from '../pki/inspect/chain.ts';
import type { Tunnel } from './transport.ts';

export interface VerifyDeps {
  readonly stores: Pick<Stores, 'certificates'>;
  readonly clock: Clock;
  readonly timing: Timing;
  readonly probe: Probe;
  readonly policy: Pick<AddressPolicy, 'lookup'>;
}

export interface Checked {
  readonly host: Pick<HostRecord, 'name' | 'address' | 'savedBy'>;
  readonly verify: DeploymentVerify;
  readonly version: Pick<CertificateRecord, 'chain' | 'fingerprint' | 'domain' | 'projectId'>;
  /** For a host behind a jump host, which Certdesk cannot reach itself; otherwise null. */
  readonly tunnel: Tunnel | null;
}

/** What the service presents, and whether it is worth going back to. */
export interface Look extends SeenBefore {
  /** As the end of a sentence: "it …". */
  readonly reason: string;
}

export type Verdict =
  | { readonly state: 'verified' }
  | { readonly state: 'not-served' | 'worse' | 'unknown'; readonly reason: string };

/** From good to bad. `unknown` is not compared. */
const RANKS: Readonly<Record<Exclude<SeenBefore['grade'], 'unknown'>, number>> = {
  current: 0,
  valid: 0,
  incomplete: 1,
  'wrong-name': 2,
  failed: 3,
};

const POLL_MS = 1_000;
/** For a moment after a reload, old workers accept connections beside the new ones; nginx ends them after 100 ms. */
const CONFIRM_MS = 300;

/** Looks once. */
export async function look(deps: VerifyDeps, checked: Checked, signal: AbortSignal): Promise<Look> {
  const { host, verify, version, tunnel } = checked;
  const { port, protocol } = verify;
  const serverName = verify.serverName ?? version.domain;
  const origin = originOf(host.savedBy);
  if (tunnel !== null) {
    const target = { address: host.address ?? '', port, serverName, protocol };
    const connect = (until: AbortSignal) => tunnel(port, until);
    return grade(deps, await deps.probe(target, { signal, origin, connect }), { serverName, version });
  }
  const resolved = await resolveHost(deps.policy, host.address ?? '127.0.0.1', { signal });
  const address = resolved.state === 'resolved' ? resolved.addresses[0] : undefined;
  if (address === undefined) {
    const reason = resolved.state === 'resolved' ? 'has no address' : resolved.message;
    return { grade: 'unknown', worthKeeping: false, reason };
  }
  const seen = await deps.probe({ address, port, serverName, protocol }, { signal, origin });
  return grade(deps, seen, { serverName, version });
}

async function grade(
  deps: VerifyDeps,
  seen: Sighting,
  { serverName, version }: Pick<Checked, 'version'> & { readonly serverName: string },
): Promise<Look> {
  if (seen.state === 'failed') {
    const isUnknown = seen.code === 'no-route' || seen.code === 'not-allowed';
    return { grade: isUnknown ? 'unknown' : 'failed', worthKeeping: false, reason: seen.message };
  }
  const sent = readCertificates(seen);
  const [leaf] = sent;
  if (leaf === undefined)
    return { grade: 'failed', worthKeeping: false, reason: 'The certificate that it sent is invalid.' };
  if (fingerprintOf(leaf) === version.fingerprint) return gradeOwn(seen, version);
  const expired = leaf.validToDate <= deps.clock.now();
  const covers = hasName(leaf, serverName);
  const until = leaf.validToDate.toISOString().slice(0, 10);
  const reason = covers
    ? `It presents another certificate (valid until ${until}).`
    : `It presents a certificate that is not valid for ${serverName}.`;
  if (!covers) return { grade: 'wrong-name', worthKeeping: false, reason };
  return { grade: 'valid', worthKeeping: !expired && !(await isRevoked(deps, leaf, version)), reason };
}

/** The certificate is served; the chain must be complete too. */
function gradeOwn(seen: PresentedSighting, { chain }: Pick<CertificateRecord, 'chain'>): Look {
  const sent = seen.chain.map((der) => Buffer.from(der).toString('base64'));
  const [, ...issuers] = parseChain(chain).filter((certificate) => !isSelfSigned(certificate));
  const missing = issuers.filter(({ x509 }) => !sent.includes(x509.raw.toString('base64')));
  if (missing.length === 0) return { grade: 'current', worthKeeping: true, reason: '' };
  const count =
    missing.length === 1 ? 'an intermediate certificate' : `${missing.length} intermediate certificates`;
  return {
    grade: 'incomplete',
    worthKeeping: true,
    reason: `It presents the new certificate without ${count}.`,
  };
}

async function isRevoked(
  { stores }: Pick<VerifyDeps, 'stores'>,
  leaf: X509Certificate,
  { projectId }: Pick<CertificateRecord, 'projectId'>,
): Promise<boolean> {
  const { items } = await stores.certificates.versions(projectId, 100);
  const fingerprint = fingerprintOf(leaf);
  return items.some((each) => each.fingerprint === fingerprint && each.revokedAt !== null);
}

/** Waits until the service presents the new certificate twice in a row, at most for the grace time. */
export async function verifyServed(
  deps: VerifyDeps,
  checked: Checked,
  { before, graceSeconds }: { readonly before: SeenBefore | null; readonly graceSeconds: number },
  signal: AbortSignal,
): Promise<Verdict> {
  const until = deps.timing.now() + graceSeconds * 1_000;
  for (;;) {
    let seen = await look(deps, checked, signal);
    if (seen.grade === 'current') {
      await deps.timing.pause(CONFIRM_MS, signal);
      seen = await look(deps, checked, signal);
      if (seen.grade === 'current') return { state: 'verified' };
    }
    if (deps.timing.now() + POLL_MS > until) return judge(seen, before);
    await deps.timing.pause(POLL_MS, signal);
  }
}

/** Worse than before is a reason to go back, if what was before is worth it. */
export function judge(seen: Look, before: SeenBefore | null): Verdict {
  const { reason } = seen;
  if (seen.grade === 'unknown') return { state: 'unknown', reason };
  const isWorse =
    before !== null &&
    before.grade !== 'unknown' &&
    before.worthKeeping &&
    RANKS[seen.grade] > RANKS[before.grade];
  return { state: isWorse ? 'worse' : 'not-served', reason };
}
