// Protects a newer certificate on a host: after a restore from an older backup, Certdesk may know less than the host.
import { type DeploymentFile, type FileContent, hasKey } from '../../../shared/deployment.ts';
import { coversName } from '../../../shared/names.ts';
import { toTimestamp } from '../../../shared/time.ts';
import { CertdeskError } from '../core/errors.ts';
import type { CertificateRecord } from '../core/model.ts';
import { parseChain } from '../pki/inspect/chain.ts';
import { leafFacts } from '../pki/inspect/facts.ts';
import { createFiles } from './content.ts';

const READABLE: readonly FileContent[] = ['certificate', 'fullchain', 'combined', 'der'];
export const canHoldCertificate = (content: FileContent): boolean => READABLE.includes(content);

/**
 * The SHA-256 (lower-case hex) of what versions of the project gave these files, as far as they hold no private key. A file
 * with one of them on a host need not be read: it is Certdesk's own.
 */
export async function ownHashes(
  files: readonly DeploymentFile[],
  versions: readonly CertificateRecord[],
): Promise<ReadonlySet<string>> {
  const open = files.filter(({ content }) => canHoldCertificate(content) && !hasKey(content));
  const written = await Promise.all(
    versions.map(({ chain, domain }) => createFiles(open, { chain, domain, privateKey: '' }, new Map())),
  );
  return new Set(written.flat().map(({ sha256 }) => sha256));
}

/**
 * Refuses to replace a certificate that is valid, for the same domain, issued later, and not one of the project's own.
 * @param found The content of the file on the host.
 * @param isOwn Whether a fingerprint belongs to a version of the project.
 * @throws HOST_HAS_NEWER_CERTIFICATE
 */
export function refuseNewer(
  found: Uint8Array,
  of: {
    readonly host: string;
    readonly path: string;
    readonly version: Pick<CertificateRecord, 'domain' | 'issuedAt'>;
    readonly now: Date;
    isOwn(fingerprint: string): boolean;
  },
): void {
  const { host, path, version, now, isOwn } = of;
  const facts = leafOf(found);
  if (facts === null) return;
  const { issuedAt, expiresAt, names, fingerprint } = facts;
  const isNewer = issuedAt > version.issuedAt && expiresAt > toTimestamp(now);
  const isSameDomain = names.some((name) => coversName(name, version.domain));
  if (!isNewer || !isSameDomain || isOwn(fingerprint)) return;
  throw new CertdeskError(
    'HOST_HAS_NEWER_CERTIFICATE',
    `${host} has a newer valid certificate in ${path}, which Certdesk does not know (issued ${issuedAt}, expires ${expiresAt}). Certdesk does not overwrite it. Renew the certificate, or remove that file`,
    { host, path, fingerprint, expiresAt },
  );
}

function leafOf(bytes: Uint8Array) {
  try {
    const [leaf] = parseChain(bytes);
    return leaf === undefined ? null : leafFacts(leaf);
  } catch {
    return null; // not a certificate: there is nothing to protect
  }
}
