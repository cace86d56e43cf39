// The CAs as this installation has them: --acme-directory puts another CA in the place of Let's Encrypt, and that one
// must not carry Let's Encrypt's name, limits or pages.
import {
  CERTIFICATE_AUTHORITIES,
  type CertificateAuthority,
  type DirectoryOverrides,
} from './directories.ts';

/** @returns the CAs of GET /cas. Ids stay the same, since requests and issuance specs name them. */
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

/** @returns the CA's name; `ca` itself for the address of a directory. @param ca As a spec has it. */
export function nameOfAuthority(ca: string, overrides: DirectoryOverrides): string {
  return listAuthorities(overrides).find(({ id }) => id === ca)?.name ?? ca;
}

/** A CA of which only the directory is known goes by its host: `ca.example.com:9000`. */
function describeUnknown(directoryUrl: string): CertificateAuthority {
  const { host, origin } = new URL(directoryUrl);
  const website = `${origin}/`;
  return {
    ...{ id: directoryUrl, name: host, directoryUrl, stagingUrl: null },
    ...{ needsEab: false, limits: [], website, docs: website },
  };
}
