// The ports that this process may allocate for tests: a part of those below the kernel's ephemeral range.
import { readFileSync } from 'node:fs';

export interface PortRange {
  readonly first: number;
  readonly size: number;
}

/** ip-sysctl, "ip_local_port_range": the first and the last ephemeral port. */
const LINUX = '/proc/sys/net/ipv4/ip_local_port_range';
/**
 * The lowest first ephemeral port among the defaults: Linux has 32768; macOS and Windows have 49152, as RFC 6335
 * section 6 says.
 */
const DEFAULT_EPHEMERAL = 32_768;
const WORKERS = 16;
const PORTS_PER_WORKER = 1_000;
/** Browsers and fetch block many ports up to this one (https://fetch.spec.whatwg.org/#port-blocking). */
const LOWEST = 10_081;

/** @param workerId Vitest's number of the worker, from 1. Processes outside of Vitest share the first range. */
export function workerRange(
  workerId = Number(process.env.VITEST_POOL_ID ?? 0),
  ephemeral = firstEphemeralPort(),
): PortRange {
  const last = ephemeral - LOWEST < WORKERS * 100 ? DEFAULT_EPHEMERAL : Math.min(ephemeral, 65_536);
  const size = Math.min(PORTS_PER_WORKER, Math.floor((last - LOWEST) / WORKERS));
  return { first: last - size * ((workerId % WORKERS) + 1), size };
}

/** If the machine has too few ports below its ephemeral range, checks and retries must suffice: see workerRange. */
export function firstEphemeralPort(): number {
  try {
    const [first] = readFileSync(LINUX, 'utf8').trim().split(/\s+/);
    return Number(first) || DEFAULT_EPHEMERAL;
  } catch {
    return DEFAULT_EPHEMERAL; // not Linux
  }
}
