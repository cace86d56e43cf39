// The ACME profile that a CA demands for certificates with IP addresses.
import { invalid } from '../core/invalid.ts';
import { CERTIFICATE_AUTHORITIES } from './directories.ts';

/**
 * The profile of a request with an IP address: the given one, or the one that the CA demands.
 * @returns null for the default profile of the CA
 * @throws INVALID_REQUEST if the CA demands another one
 */
export function profileForIp(
  directoryUrl: string,
  address: string,
  given: string | undefined,
): string | null {
  const ca = CERTIFICATE_AUTHORITIES.find((each) =>
    [each.directoryUrl, each.stagingUrl].includes(directoryUrl),
  );
  const required = ca?.ipProfile ?? null;
  if (ca === undefined || required === null) return given ?? null;
  if (given === undefined || given === required) return required;
  const message = `${ca.name} issues certificates for IP addresses (${address}) only with the profile ${required}, which is valid for six days`;
  throw invalid('profile', message);
}
