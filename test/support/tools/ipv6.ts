// Whether this machine has IPv6 on loopback: some containers do not.
import { networkInterfaces } from 'node:os';

/** For describeWith: why a suite cannot run; null if the machine has ::1. */
export function missingIpv6(): string | null {
  const has = Object.values(networkInterfaces()).some((each) =>
    each?.some(({ address }) => address === '::1'),
  );
  return has ? null : 'IPv6: this machine has no address ::1';
}
