// A DNS provider as the registry creates it (fields checked, secrets redacted), for tests of one provider's file.
import { inspect } from 'node:util';
import type { Log } from '../../../src/main/engine/core/ports.ts';
import {
  checkCredentials,
  type DnsCredentials,
  secretValues,
} from '../../../src/main/engine/dns/credentials/values.ts';
import { createDnsHttp } from '../../../src/main/engine/dns/providers/http.ts';
import type { DnsProvider, DnsProviderDefinition } from '../../../src/main/engine/dns/providers/provider.ts';
import { createRedactor } from '../../../src/main/engine/dns/providers/redact.ts';
import { LOOPBACK_POLICY } from '../tools/network.ts';

export interface TestProvider {
  readonly provider: DnsProvider;
  /** The requested waits in milliseconds, none of which takes real time. */
  readonly pauses: readonly number[];
  /** All log output. */
  logged(): string;
}

export interface TestProviderOptions {
  readonly endpoint?: string;
  /** The folder of acme.sh. */
  readonly acmeShFolder?: string | null;
  readonly now?: () => Date;
  readonly timeoutMs?: number;
}

export function openTestProvider(
  definition: DnsProviderDefinition,
  credentials: DnsCredentials,
  { endpoint, acmeShFolder = null, now = () => new Date(), timeoutMs = 20_000 }: TestProviderOptions = {},
): TestProvider {
  const lines: string[] = [];
  const pauses: number[] = [];
  const note = (data: object, message: string) =>
    void lines.push(`${message} ${inspect(data, { depth: 9 })}`);
  const sink: Log = { debug: note, info: note, warn: note, error: note };
  const checked = checkCredentials(definition, credentials);
  const redactor = createRedactor(secretValues(definition, checked));
  const common = {
    clock: { now },
    log: redactor.log(sink),
    addressPolicy: LOOPBACK_POLICY,
    origin: 'open' as const,
    sleep: async (ms: number, signal: AbortSignal) => {
      signal.throwIfAborted();
      pauses.push(ms);
    },
  };
  const http = createDnsHttp({ ...common, provider: definition, redactor, timeoutMs });
  const provider = definition.create(checked, { ...common, http, acmeShFolder, endpoint: endpoint ?? null });
  return { provider, pauses, logged: () => lines.join('\n') };
}
