// Lists the CAs of this installation. --acme-directory replaces Let's Encrypt with another CA, which must not show Let's
// Encrypt's name, limits or links.
import {
  CERTIFICATE_AUTHORITIES,
  type CertificateAuthority,
  type DirectoryOverrides,
} from './directories.ts';

/** @returns the CAs of GET /cas. The ids do not change, because requests and issuance specs refer to them. */
export function listAuthorities(overrides: DirectoryOverrides): readonly CertificateAuthority[] {
  const { production, staging } = overrides;
  return CERTIFICATE_AUTHORITIES.map((ca) => {
    if (ca.id !== 'letsencrypt') return ca;
    if (production === undefined || production === ca.directoryUrl)
      return staging === undefined ? ca : { ...ca, stagingUrl: staging };
    const replacement = CERTIFICATE_AUTHORITIES.find(({ directoryUrl }) => directoryUrl === production);
    return { ...(replacement ?? describeUnknown(production)), id: ca.id, stagingUrl: staging ?? null };
  });
}

/** @param ca The CA of an issuance spec: an id or a directory URL. @returns the CA's name; a directory URL unchanged */
export function nameOfAuthority(ca: string, overrides: DirectoryOverrides): string {
  return listAuthorities(overrides).find(({ id }) => id === ca)?.name ?? ca;
}

/** A CA known only by its directory URL is named after the host: `ca.example.com:9000`. */
function describeUnknown(directoryUrl: string): CertificateAuthority {
  const { host, origin } = new URL(directoryUrl);
  const website = `${origin}/`;
  return {
    id: directoryUrl,
    name: host,
    directoryUrl,
    stagingUrl: null,
    needsEab: false,
    ipProfile: null,
    limits: [],
    website,
    docs: website,
  };
}
