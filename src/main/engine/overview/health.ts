// Summarizes in one sentence whether anything is going to break, for the overview, the tray and the digest. Pure.
import type { Health, Overview } from '../../../shared/overview.ts';
import { needsAttention } from '../https/https.ts';

/** The facts that the sentence is made from. */
export interface HealthFacts extends Pick<Overview, 'counts' | 'attention' | 'engine' | 'endpoints'> {
  /** Number of certificates that renew automatically. */
  readonly renewing: number;
}

/**
 * Summarizes the health. Problems of the engine come first: if it does not work, its reports about certificates
 * are not reliable.
 */
export function healthOf({ counts, attention, engine, renewing, endpoints }: HealthFacts): Health {
  if (engine.secretStore === 'unavailable') {
    return failing('Secret store unavailable: unlock it to resume renewals');
  }
  if (!engine.clock.ok) return failing('The system clock is wrong: dates cannot be trusted');
  if (engine.renewalCheckLate) return failing('Renewal checks have stopped: restart Certdesk');
  const { total, acknowledged, items } = attention;
  if (total > 0) {
    const state = items.some(({ severity }) => severity === 'critical') ? 'failing' : 'attention';
    return {
      state,
      sentence: total === 1 ? '1 certificate needs attention' : `${total} certificates need attention`,
    };
  }
  const { monitored, unknown } = endpoints;
  if (monitored.length > 0) {
    const sentence =
      monitored.length === 1 ? '1 server needs attention' : `${monitored.length} servers need attention`;
    return { state: 'attention', sentence };
  }
  if (needsAttention(engine.https)) {
    return { state: 'attention', sentence: 'HTTPS of Certdesk itself needs attention (see System status)' };
  }
  if (engine.pausedUntil !== null) return { state: 'attention', sentence: 'Automatic renewals are paused' };
  if (engine.backup != null && engine.backup.lastError !== null) {
    return { state: 'attention', sentence: 'The last backup failed (see System status)' };
  }
  if (engine.backup?.late === true) return { state: 'attention', sentence: 'A scheduled backup is overdue' };
  if (unknown > 0) {
    const subject = unknown === 1 ? '1 endpoint' : `${unknown} endpoints`;
    return { state: 'attention', sentence: `${subject} cannot be seen from this machine` };
  }
  // A certificate with an acknowledged revocation is not expected to renew.
  const active = counts.total - counts.none - acknowledged;
  if (active === 0) {
    return { state: 'ok', sentence: acknowledged === 0 ? 'No certificates yet' : 'No active certificates' };
  }
  const subject = active === 1 ? '1 certificate' : `${active} certificates`;
  if (renewing >= active) {
    return { state: 'ok', sentence: `${subject}, ${active === 1 ? 'renewing' : 'all renewing'} on time` };
  }
  const manualCount = active - renewing;
  const manual = `${manualCount} not renewed automatically`;
  return {
    state: 'ok',
    sentence: active === manualCount ? `${subject}, not renewed automatically` : `${subject}, ${manual}`,
  };
}

function failing(sentence: string): Health {
  return { state: 'failing', sentence };
}
