// Finds the CA and the account that records in DNS must name.
import type { AcmeClient } from '../acme/contract.ts';
import type { DirectoryOverrides } from '../acme/directories.ts';
import { CertdeskError } from '../core/errors.ts';
import type { Stores } from '../core/stores.ts';
import { describeCa } from './ca-facts.ts';

export interface AccountTarget {
  /** The name of the CA. */
  readonly ca: string;
  /** The CA's domains in CAA and dns-persist-01 records; the first is written. */
  readonly domains: readonly string[];
  /** Null if Certdesk has no account there. */
  readonly accountUrl: string | null;
}

export interface AccountTargetDeps {
  readonly stores: Pick<Stores, 'accounts'>;
  readonly acme: Pick<AcmeClient, 'directory'>;
  readonly directories: DirectoryOverrides;
}

export interface TargetChoice {
  readonly ca: string;
  readonly staging: boolean;
  readonly email: string | null;
}

/**
 * @throws UNKNOWN_CA; INVALID_REQUEST; ACME_PROTOCOL_ERROR if nothing says which domain the CA has; why its directory
 * cannot be read, if only it says that; the signal's reason
 */
export async function findAccountTarget(
  { stores, acme, directories }: AccountTargetDeps,
  { ca, staging, email }: TargetChoice,
  signal: AbortSignal,
): Promise<AccountTarget> {
  const { name, directoryUrl, caaDomains } = describeCa({ ca, staging, profile: null }, directories);
  const account = await stores.accounts.find(directoryUrl, email);
  let failure: unknown = null;
  const directory = await acme.directory({ directoryUrl, signal }).catch((error: unknown) => {
    failure = error;
    return null;
  });
  signal.throwIfAborted();
  const identities = (directory?.meta?.caaIdentities ?? []).map((each) => each.toLowerCase());
  const domains = identities.length > 0 ? identities : caaDomains;
  if (domains.length === 0 && failure !== null) throw failure;
  if (domains.length === 0)
    throw new CertdeskError(
      'ACME_PROTOCOL_ERROR',
      `The CA at ${directoryUrl} does not say which domain it has in DNS records (caaIdentities), so no record can permit it.`,
    );
  return { ca: name, domains, accountUrl: account?.url ?? null };
}
