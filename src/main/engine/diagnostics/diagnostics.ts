// Diagnostics to copy into a report: versions, listeners, sizes, numbers, codes. No domain, no name or value of a
// secret, no text of an error (which may name both).
import { release } from 'node:os';
import type { Diagnostics } from '../../../shared/diagnostics.ts';
import type { EngineState } from '../../../shared/overview.ts';
import { toTimestamp } from '../../../shared/time.ts';
import type { Clock } from '../core/ports.ts';
import type { Stores } from '../core/stores.ts';
import type { DnsResolver } from '../dns/lookup/resolver.ts';
import type { OverviewService } from '../overview/overview.ts';

/** What the engine cannot see of itself. */
export interface Surroundings {
  readonly version: string;
  /** The shell command that prints a new sign-in link. */
  readonly signInCommand: string;
  readonly secretStoreReason: string;
  /** HOST:PORT; null where it is not open. */
  readonly listeners: { readonly api: string | null; readonly challenges: string | null };
  readonly notices: readonly string[];
  readonly database: { readonly bytes: number; readonly schema: number };
}

export interface DiagnosticsDeps {
  readonly stores: Stores;
  readonly clock: Clock;
  readonly resolver: Pick<DnsResolver, 'servers'>;
  readonly overview: OverviewService;
  surroundings(): Surroundings;
}

/** Jobs that are looked through for failures. */
const LOOK_BACK = 200;
const LAST_ERRORS = 20;

export function createDiagnostics(deps: DiagnosticsDeps): () => Promise<Diagnostics> {
  const { stores, clock, resolver, overview, surroundings } = deps;
  return async () => {
    const { version, secretStoreReason, listeners, notices, database } = surroundings();
    const [{ counts, engine }, jobs] = await Promise.all([
      overview.get(null),
      stores.jobs.list({ projectIds: null, limit: LOOK_BACK }),
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
      listeners,
      notices: notices.filter((notice) => notice !== secretStoreReason),
      resolvers: [...resolver.servers],
      database,
      projects: counts,
      // Its text may name a domain.
      engine: { ...engine, lastSweepError: hidden(engine.lastSweepError), backup: hideError(engine.backup) },
      lastErrors: failed.slice(0, LAST_ERRORS),
    };
  };
}

function hidden(error: string | null): string | null {
  return error === null ? null : 'failed (see the log)';
}

function hideError(backup: EngineState['backup']): EngineState['backup'] {
  return backup === null ? null : { ...backup, lastError: hidden(backup.lastError) };
}
