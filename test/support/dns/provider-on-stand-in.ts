// A DNS provider on its stand-in, for tests: waits that take no time, a captured log, and a search for secrets.
import { inspect } from 'node:util';
import { expect } from 'vitest';
import { CertdeskError } from '../../../src/main/engine/core/errors.ts';
import type { Log } from '../../../src/main/engine/core/ports.ts';
import type { DnsCredentials } from '../../../src/main/engine/dns/credentials/values.ts';
import type { DnsProvider, DnsZone } from '../../../src/main/engine/dns/providers/provider.ts';
import { createDnsProvider } from '../../../src/main/engine/dns/providers/registry.ts';
import { LOOPBACK_POLICY } from '../tools/network.ts';
import type { DnsStandIn } from './stand-ins/stand-in.ts';

export interface ProviderBench {
  /** Values that must not appear in any error or log line. */
  readonly secrets: readonly string[];
  readonly provider: DnsProvider;
  /** The requested waits in milliseconds, none of which takes real time. */
  readonly pauses: readonly number[];
  /** All log output. */
  readonly logged: () => string;
}

export interface StandInBench extends ProviderBench {
  readonly standIn: DnsStandIn;
}

export async function benchOf(name: string, standIn: DnsStandIn, timeoutMs = 20_000): Promise<StandInBench> {
  const { endpoint, credentials, secrets } = standIn;
  return { standIn, ...(await openProvider(name, { endpoint, credentials, secrets, timeoutMs })) };
}

export interface OpenOptions {
  readonly endpoint: string | null;
  /** The folder of acme.sh. */
  readonly acmeShFolder?: string;
  readonly credentials: DnsCredentials;
  readonly secrets: readonly string[];
  /** Default: the provider's own. */
  readonly timeoutMs?: number;
}

/** A provider as the registry creates it, with waits that take no time. */
export async function openProvider(name: string, options: OpenOptions): Promise<ProviderBench> {
  const { endpoint, acmeShFolder = null, credentials, secrets, timeoutMs } = options;
  const pauses: number[] = [];
  const lines: string[] = [];
  const line = (data: object, message: string) => lines.push(`${message} ${inspect(data, { depth: 9 })}`);
  const log: Log = { debug: line, info: line, warn: line, error: line };
  const provider = await createDnsProvider(name, credentials, {
    endpoint,
    acmeShFolder,
    clock: { now: () => new Date() },
    log,
    addressPolicy: LOOPBACK_POLICY,
    origin: 'open',
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    sleep: async (ms, signal) => {
      signal.throwIfAborted();
      pauses.push(ms);
    },
  });
  return { secrets, provider, pauses, logged: () => lines.join('\n') };
}

/** The zone of that name in the provider's list. */
export async function zoneOf(provider: DnsProvider, name: string): Promise<DnsZone> {
  const zones = await provider.listZones?.(new AbortController().signal);
  const zone = zones?.find((candidate) => candidate.name === name);
  if (zone === undefined) throw new Error(`the provider does not list ${name}`);
  return zone;
}

export async function failureOf(work: Promise<unknown>): Promise<CertdeskError> {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(CertdeskError);
  return error as CertdeskError;
}

/** Fails if the error, in any of its parts, or the log contains a secret, plain or encoded. */
export function expectNoSecrets(bench: ProviderBench, error?: unknown): void {
  const shown = [inspect(error, { depth: Infinity, showHidden: true }), bench.logged()];
  if (error instanceof CertdeskError) shown.push(JSON.stringify(error.toBody()), error.stack ?? '');
  const text = shown.join('\n');
  for (const secret of bench.secrets) {
    for (const part of secret.split('\n').filter((line) => line !== '' && !line.startsWith('-----'))) {
      expect(text).not.toContain(part);
      expect(text).not.toContain(encodeURIComponent(part));
      expect(text).not.toContain(Buffer.from(part).toString('base64').slice(0, -4));
    }
  }
}
