// A database like that of a large installation: any number of projects with certificates in every state, written
// through the storage layer, with chains and keys of the usual size.
import { createHash } from 'node:crypto';
import type { CertificateRecord, IssuanceSpec, ProjectRecord } from '../../../src/main/engine/core/model.ts';
import type { Stores } from '../../../src/main/engine/core/stores.ts';
import { toTimestamp } from '../../../src/shared/time.ts';
import { CERTIFICATE, PROJECT, SPEC } from './records.ts';

const DAY_MS = 86_400_000;
/** About the size of a leaf and an intermediate of Let's Encrypt; nothing here is parsed. */
const CHAIN = `-----BEGIN CERTIFICATE-----\n${'x'.repeat(3_800)}\n-----END CERTIFICATE-----\n`;

/**
 * Of every 100: 2 without a certificate, 1 revoked, 1 expired and not renewed, 2 failing, 4 uploaded; the others
 * renew
 * automatically and are spread evenly over their lifetime. Of every 3, one has the tags `eu` and `production`, and each has
 * one of 200 customers.
 */
export async function makeManyProjects(stores: Stores, count: number, now: Date): Promise<void> {
  await stores.transaction(async (tx) => {
    for (let n = 0; n < count; n += 1) {
      const project = projectOf(n, now);
      await tx.projects.create(project);
      const certificate = certificateOf(n, project, now);
      if (certificate !== null) await tx.certificates.activate(certificate);
    }
  });
}

function projectOf(n: number, now: Date): ProjectRecord {
  const domain = `host-${String((n * 7919) % 100_003).padStart(6, '0')}.example.com`;
  const id = `project-${n}`;
  const tags = [`customer-${n % 200}`, ...(n % 3 === 0 ? ['eu', 'production'] : [])];
  return { ...PROJECT, id, name: domain, domain, altNames: [], tags, createdAt: toTimestamp(now) };
}

function certificateOf(n: number, project: ProjectRecord, now: Date): CertificateRecord | null {
  const kind = n % 100;
  if (kind < 2) return null;
  const domain = project.domain ?? '';
  // never so old that it would be due
  const age = kind === 3 ? 95 : ((n * 37) % 590) / 10;
  const issued = now.getTime() - age * DAY_MS;
  const custom = kind >= 6 && kind < 10;
  const failing = kind === 4 || kind === 5;
  return {
    ...CERTIFICATE,
    id: `certificate-${n}`,
    projectId: project.id,
    type: custom ? 'custom' : 'letsencrypt',
    domain,
    names: [domain],
    chain: CHAIN,
    keySealed: new Uint8Array(1_800),
    issuedAt: toTimestamp(new Date(issued)),
    expiresAt: toTimestamp(new Date(issued + 90 * DAY_MS)),
    fingerprint: createHash('sha256').update(project.id).digest('hex').toUpperCase(),
    autoRenew: !custom && kind !== 3, // a due one would be requested from a real CA
    spec: custom ? null : specOf(n, domain),
    renewal: {
      ...CERTIFICATE.renewal,
      ...(failing
        ? { failures: 2, lastError: 'The CA could not connect', lastAttempt: toTimestamp(now) }
        : {}),
    },
    revokedAt: kind === 2 ? toTimestamp(now) : null,
  };
}

function specOf(n: number, domain: string): IssuanceSpec {
  const names = [domain];
  const ca = n % 10 === 9 ? 'zerossl' : 'letsencrypt';
  if (n % 3 !== 0) return { ...SPEC, names, ca };
  const dnsProvider = n % 2 === 0 ? 'cloudflare' : 'aws';
  return { ...SPEC, names, ca, challengeType: 'dns-01', dnsProvider };
}
