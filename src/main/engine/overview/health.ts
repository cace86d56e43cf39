// Is anything going to break? One sentence, for the overview, the tray and the digest. Pure.
import type { Health, Overview } from '../../../shared/overview.ts';

/** What the sentence is made of. */
export interface HealthFacts extends Pick<Overview, 'counts' | 'attention' | 'engine'> {
  /** Certificates that renew themselves. */
  readonly renewing: number;
}

/** The engine's own trouble comes first: where it does not work, nothing that it says of certificates lasts. */
export function healthOf({ counts, attention, engine, renewing }: HealthFacts): Health {
  if (engine.secretStore === 'unavailable') {
    return failing('Secret store unavailable: unlock it to resume renewals');
  }
  if (!engine.clock.ok) return failing('The system clock is wrong: dates cannot be trusted');
  if (engine.sweepLate) return failing('Renewal checks have stopped: restart Certdesk');
  const { total, acknowledged, items } = attention;
  if (total > 0) {
    const state = items.some(({ severity }) => severity === 'critical') ? 'failing' : 'attention';
    return {
      state,
      sentence: total === 1 ? '1 certificate needs attention' : `${total} certificates need attention`,
    };
  }
  if (engine.pausedUntil !== null) return { state: 'attention', sentence: 'Automatic renewals are paused' };
  if (engine.backup != null && engine.backup.lastError !== null) {
    return { state: 'attention', sentence: 'The last backup failed (see System status)' };
  }
  if (engine.backup?.late === true) return { state: 'attention', sentence: 'A scheduled backup is overdue' };
  // What is revoked on purpose is not expected to renew.
  const held = counts.total - counts.none - acknowledged;
  if (held === 0) {
    return { state: 'ok', sentence: acknowledged === 0 ? 'No certificates yet' : 'No active certificates' };
  }
  const what = held === 1 ? '1 certificate' : `${held} certificates`;
  if (renewing >= held) {
    return { state: 'ok', sentence: `${what}, ${held === 1 ? 'renewing' : 'all renewing'} on time` };
  }
  const rest = held - renewing;
  const manual = `${rest} not renewed automatically`;
  return {
    state: 'ok',
    sentence: held === rest ? `${what}, not renewed automatically` : `${what}, ${manual}`,
  };
}

function failing(sentence: string): Health {
  return { state: 'failing', sentence };
}
