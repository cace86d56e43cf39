// Lists the certificate profiles of a CA (draft-ietf-acme-profiles) and selects the profile of an order.
import type { CaProfile } from '../../../shared/ca-account.ts';
import { CertdeskError } from '../core/errors.ts';
import type { IssuanceSpec } from '../core/model.ts';
import type { AcmeClient, AcmeDirectory } from './contract.ts';
import { CERTIFICATE_AUTHORITIES, type DirectoryOverrides, resolveDirectory } from './directories.ts';

/** How long to wait for a CA's directory. */
const WITHIN_MS = 15_000;

/**
 * Lists the profiles in the directory of a known CA; empty if it has none. Callers need only read permission, so other
 * directory URLs are not fetched.
 * @throws UNKNOWN_CA, INVALID_REQUEST (no staging directory), ACME_*
 */
export async function listProfiles(
  acme: Pick<AcmeClient, 'directory'>,
  { ca, staging }: { readonly ca: string; readonly staging: boolean },
  overrides: DirectoryOverrides,
): Promise<readonly CaProfile[]> {
  if (!CERTIFICATE_AUTHORITIES.some(({ id }) => id === ca)) {
    throw new CertdeskError('UNKNOWN_CA', 'Certdesk lists profiles only of the built-in CAs.');
  }
  const directoryUrl = resolveDirectory(ca, staging, overrides);
  const { meta } = await acme.directory({ directoryUrl, signal: AbortSignal.timeout(WITHIN_MS) });
  return Object.entries(meta?.profiles ?? {}).map(([name, description]) => ({ name, description }));
}

/**
 * The profile to request; null for the CA's default, also if the profile is only preferred and the CA does not offer it.
 * @throws ACME_REJECTED if the profile is required and the CA does not offer it
 */
export function profileToOrder(
  { profile, profileUse = 'required' }: Pick<IssuanceSpec, 'profile' | 'profileUse'>,
  { meta }: AcmeDirectory,
): string | null {
  const offered = Object.keys(meta?.profiles ?? {});
  if (profile === null || offered.includes(profile)) return profile;
  if (profileUse === 'preferred') return null;
  const what = offered.length === 0 ? 'none' : offered.join(', ');
  const detail = `This CA has no profile "${profile}"; it offers ${what}`;
  throw new CertdeskError(
    'ACME_REJECTED',
    `${detail}. Select one of those, or mark the profile as preferred only.`,
    {
      problem: { type: 'urn:ietf:params:acme:error:invalidProfile', detail },
      offered,
    },
  );
}
