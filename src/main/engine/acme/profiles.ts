// Certificate profiles (draft-ietf-acme-profiles): what a CA offers, and which one an order asks for.
import type { CaProfile } from '../../../shared/ca-account.ts';
import { CertdeskError } from '../core/errors.ts';
import type { IssuanceSpec } from '../core/model.ts';
import type { AcmeClient, AcmeDirectory } from './contract.ts';
import { CERTIFICATE_AUTHORITIES, type DirectoryOverrides, resolveDirectory } from './directories.ts';

/** How long a person is kept waiting for a CA's list. */
const WITHIN_MS = 15_000;

/**
 * What a known CA offers by its directory; nothing where it has no profiles. Directories of other addresses are not
 * fetched: to look at this takes no more than the right to read.
 * @throws UNKNOWN_CA, INVALID_REQUEST (no staging directory), ACME_*
 */
export async function listProfiles(
  acme: Pick<AcmeClient, 'directory'>,
  { ca, staging }: { readonly ca: string; readonly staging: boolean },
  overrides: DirectoryOverrides,
): Promise<readonly CaProfile[]> {
  if (!CERTIFICATE_AUTHORITIES.some(({ id }) => id === ca)) {
    throw new CertdeskError('UNKNOWN_CA', 'Certdesk lists profiles only of the CAs in GET /cas.');
  }
  const directoryUrl = resolveDirectory(ca, staging, overrides);
  const { meta } = await acme.directory({ directoryUrl, signal: AbortSignal.timeout(WITHIN_MS) });
  return Object.entries(meta?.profiles ?? {}).map(([name, description]) => ({ name, description }));
}

/**
 * The profile to order; null for the CA's usual one, where the wanted one is only preferred and not offered.
 * @throws ACME_REJECTED where it is required and not offered
 */
export function profileToOrder(
  { profile, profileUse = 'required' }: Pick<IssuanceSpec, 'profile' | 'profileUse'>,
  { meta }: AcmeDirectory,
): string | null {
  const offered = Object.keys(meta?.profiles ?? {});
  if (profile === null || offered.includes(profile)) return profile;
  if (profileUse === 'preferred') return null;
  const what = offered.length === 0 ? 'none at all' : offered.join(', ');
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
