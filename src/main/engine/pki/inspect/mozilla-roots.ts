// Whether clients trust a chain: those with Mozilla's root store, which Node bundles. A preferred chain may end at a root
// that is not in it yet, such as those of Let's Encrypt's generation Y (Root YE, Root YR).
import { X509Certificate } from 'node:crypto';
import { getCACertificates } from 'node:tls';
import { isIssuedBy } from './issued-by.ts';
import { decodePem, readPemBlocks } from './pem.ts';

let bundled: readonly X509Certificate[] | null = null;

/** Parsed at the first use, which takes some 40 ms. */
function mozillaRoots(): readonly X509Certificate[] {
  bundled ??= getCACertificates('bundled').map((pem) => new X509Certificate(pem));
  return bundled;
}

/**
 * Whether a certificate of the chain was issued by a root of Mozilla's store, or is one.
 * @param chain PEM. @param roots Default: those that Node bundles.
 */
export function endsAtMozillaRoot(
  chain: string,
  roots: readonly X509Certificate[] = mozillaRoots(),
): boolean {
  return readCertificates(chain).some((each) =>
    roots.some((root) => root.fingerprint256 === each.fingerprint256 || isIssuedBy(each, root)),
  );
}

/** Whether a root of Mozilla's store has this common name; upper and lower case do not matter. */
export function isMozillaRootName(name: string): boolean {
  const wanted = name.trim().toLowerCase();
  return mozillaRoots().some(({ subject }) => /^CN=(.*)$/m.exec(subject)?.[1]?.toLowerCase() === wanted);
}

/** @param root The preferred chain: the common name of its topmost issuer. */
export function explainUnknownRoot(root: string): string {
  return `The preferred chain ends at "${root}", which is not in Mozilla’s root store, so many clients reject it. Request the certificate without a preferred chain, or with another one`;
}

function readCertificates(chain: string): readonly X509Certificate[] {
  return readPemBlocks(chain).flatMap((block) => {
    const der = decodePem(block)?.der;
    try {
      return der === undefined ? [] : [new X509Certificate(der)];
    } catch {
      return [];
    }
  });
}
