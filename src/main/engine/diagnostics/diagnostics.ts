// Collects diagnostics for bug reports: versions, listeners, sizes, counts and error codes. They contain no domain,
// no secret and no error message, which might quote one.
import { release } from 'node:os';
import type { Diagnostics } from '../../../shared/diagnostics.ts';
import type { EngineState } from '../../../shared/overview.ts';
import { toTimestamp } from '../../../shared/time.ts';
import type { Clock } from '../core/ports.ts';
import type { Stores } from '../core/stores.ts';
import type { DnsResolver } from '../dns/lookup/resolver.ts';
import { type HttpsService, httpsHealth } from '../https/https.ts';
import type { OverviewService } from '../overview/overview.ts';

/** Facts that the engine cannot determine itself. */
export interface Surroundings {
  readonly version: string;
  /** The shell command that prints a new sign-in link. */
  readonly signInCommand: string;
  readonly secretStoreReason: string;
  /** HOST:PORT; null if the listener is closed. */
  readonly listeners: {
    readonly api: string | null;
    readonly challenges: string | null;
    readonly alpn: string | null;
  };
  readonly notices: readonly string[];
  readonly database: { readonly bytes: number; readonly schema: number };
}

export interface DiagnosticsDeps {
  readonly stores: Stores;
  readonly clock: Clock;
  readonly resolver: Pick<DnsResolver, 'servers'>;
  readonly overview: OverviewService;
  readonly https: Pick<HttpsService, 'state'>;
  surroundings(): Surroundings;
}

/** Number of recent jobs that are searched for failures. */
const MAX_JOBS = 200;
const MAX_ERRORS = 20;

export function createDiagnostics(deps: DiagnosticsDeps): () => Promise<Diagnostics> {
  const { stores, clock, resolver, overview, https, surroundings } = deps;
  return async () => {
    const { version, secretStoreReason, listeners, notices, database } = surroundings();
    const [{ counts, engine }, jobs] = await Promise.all([
      overview.get(null),
      stores.jobs.list({ projectIds: null, limit: MAX_JOBS }),
    ]);
    const failed = jobs.flatMap(({ finishedAt, input, error }) =>
      error === null ? [] : [{ at: finishedAt, kind: input.kind, code: error.code }],
    );
    return {
      at: toTimestamp(clock.now()),
      version,
      node: process.version,
      platform: `${process.platform} ${release()} ${process.arch}`,
      upSeconds: Math.floor(process.uptime()),
      secretStore: { kind: engine.secretStore, reason: secretStoreReason },
      listeners: { ...listeners, https: httpsHealth(https.state()) },
      notices: notices.filter((notice) => notice !== secretStoreReason),
      resolvers: [...resolver.servers],
      database,
      projects: counts,
      // The error message may contain a domain.
      engine: {
        ...engine,
        lastRenewalCheckError: hidden(engine.lastRenewalCheckError),
        backup: hideError(engine.backup),
      },
      lastErrors: failed.slice(0, MAX_ERRORS),
    };
  };
}

function hidden(error: string | null): string | null {
  return error === null ? null : 'failed (see the log)';
}

function hideError(backup: EngineState['backup']): EngineState['backup'] {
  return backup === null ? null : { ...backup, lastError: hidden(backup.lastError) };
}
