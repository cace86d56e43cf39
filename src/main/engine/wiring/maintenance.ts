// Wires what runs each minute: the renewal check with its steps.

import type { Sessions } from '../access/sessions.ts';
import { createScheduler, type Scheduler } from '../maintenance/scheduler.ts';
import { sweep } from '../maintenance/sweep.ts';
import { readSettings } from '../settings/settings.ts';
import type { AuthorityServices } from './authorities.ts';
import type { Common } from './common.ts';
import type { IssuanceServices } from './issuance.ts';

type Maintained = Pick<AuthorityServices, 'budget'> &
  Pick<IssuanceServices, 'issuance' | 'queue' | 'sweepLeftovers'> & { readonly sessions: Sessions };

/** Creates the scheduler. Nothing runs before its `start`. */
export function wireMaintenance(
  common: Common,
  { issuance, queue, sweepLeftovers, budget, sessions }: Maintained,
): Scheduler {
  const { stores, journal, clock, log, acme, directories, background, random, crl, auditArchive } = common;
  const sweepDeps = {
    stores,
    journal,
    clock,
    log,
    acme,
    directories,
    background,
    random,
    budget,
    sessions,
    issuance,
    sweepLeftovers,
    auditArchive,
    fetchCrl: crl.fetch,
    setConcurrency: queue.setConcurrency,
    auditKeepDays: async () => (await readSettings(stores.settings, 'audit')).keepDays,
  };
  const scheduler = createScheduler({
    stores,
    clock,
    log,
    random,
    sweep: (signal) => sweep(sweepDeps, signal),
    nextDue: stores.certificates.nextDue,
  });
  // A certificate with a lifetime of minutes is due before the next check, which was planned without it.
  journal.listen(({ kind }) => {
    if (kind === 'certificate.stored') scheduler.planAgain();
  });
  return scheduler;
}
