// Checks a fallback CA against the certificates that it would renew, before it is saved.
import { explainUnfit } from '../../../shared/ca-capabilities.ts';
import { describeForNames, profileForNames } from '../acme/capabilities.ts';
import type { DirectoryOverrides } from '../acme/directories.ts';
import { invalid } from '../core/invalid.ts';
import type { CertificateStore } from '../core/stores/certificates.ts';

const FIELD = 'renewals.fallbackCa';

/**
 * @throws INVALID_REQUEST that names a certificate for which the CA cannot issue, and how many there are. Certificates of
 * the same CA and of staging directories are not renewed by the fallback CA, so they are not checked.
 */
export async function checkFallbackCa(
  certificates: Pick<CertificateStore, 'renewed'>,
  fallbackCa: string,
  overrides: DirectoryOverrides,
): Promise<void> {
  const fallback = describeForNames(fallbackCa, overrides);
  if (fallback.capabilities === null) return;
  const unfit = (await certificates.renewed())
    .filter(({ ca, staging }) => ca !== fallbackCa && !staging)
    .flatMap(({ domain, names }) => {
      const why = explainUnfit(fallback, names, profileForNames(fallbackCa, names, overrides));
      return why === null ? [] : [{ domain, why }];
    });
  const [first, ...others] = unfit;
  if (first === undefined) return;
  const more = others.length === 0 ? '' : ` Nor could it renew ${others.length} more.`;
  throw invalid(FIELD, `cannot renew the certificate for ${first.domain}: ${first.why}.${more}`);
}
