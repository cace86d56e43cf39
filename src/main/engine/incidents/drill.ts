// The drill: moves the windows of all certificates to the past, in memory only, and reports what would follow.
import type { IncidentDrill } from '../../../shared/incident.ts';
import { toTimestamp } from '../../../shared/time.ts';
import { planRenewal, renewsItself } from '../certificates/renewal-plan.ts';
import type { Clock } from '../core/ports.ts';
import type { Stores } from '../core/stores.ts';
import { nextState } from '../renewal/ari.ts';
import { INCIDENT_FROM, isMovedEarlier } from '../renewal/moved-windows.ts';
import { readSettings } from '../settings/settings.ts';
import { incidentMessage } from './incident-text.ts';

export interface DrillDeps {
  readonly stores: Stores;
  readonly clock: Clock;
  /** From 0 to 1. */
  random(): number;
}

const MAX_EXAMPLES = 20;
const DAY_MS = 86_400_000;

export async function runDrill({ stores, clock, random }: DrillDeps): Promise<IncidentDrill> {
  const now = clock.now();
  const groups = (await stores.simulation.groups()).filter(({ type }) => type !== 'custom');
  const sum = (of: typeof groups): number => of.reduce((total, { count }) => total + count, 0);
  const notified = groups.filter(({ hasAri }) => hasAri === true);
  const byHand = notified.filter(({ attemptDay, provider }) => attemptDay === null || provider === 'manual');
  const { concurrency } = await readSettings(stores.settings, 'renewals');
  const moved = sum(notified);
  const examples = (await stores.simulation.examples({ hasAri: true }, MAX_EXAMPLES)).map(
    async ({ projectId }) => {
      const certificate = await stores.certificates.active(projectId);
      const before = certificate?.renewal.ari ?? null;
      if (certificate === null || before?.renewAt == null || !renewsItself(certificate)) return [];
      // What a CA sends before it revokes: a window that has just ended.
      const window = { start: new Date(now.getTime() - DAY_MS), end: now };
      const ari = nextState(
        certificate,
        { window, explanationUrl: null, retryAfterMs: null },
        { now, random: random() },
      );
      if (!isMovedEarlier(before.window, ari)) return []; // it is due already
      const { renewAt } = planRenewal({ ...certificate, renewal: { ...certificate.renewal, ari } });
      const due = renewAt < toTimestamp(now) ? toTimestamp(now) : renewAt;
      return [{ projectId, domain: certificate.domain, renewBefore: before.renewAt, renewAt: due }];
    },
  );
  return {
    certificates: sum(groups),
    moved,
    unnoticed: sum(groups) - moved,
    automatic: moved - sum(byHand),
    byHand: sum(byHand),
    isIncident: moved >= INCIDENT_FROM,
    parallel: concurrency,
    examples: (await Promise.all(examples)).flat(),
    message: incidentMessage({ ca: 'the CA', total: moved, byHand: sum(byHand), explanationUrl: null }),
  };
}
