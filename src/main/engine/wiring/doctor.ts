// Wires the doctor, the CAA locks and the dns-persist-01 records, and their daily checks.
import type { Accounts } from '../acme/accounts.ts';
import type { HttpChallenges } from '../challenges/http-01.ts';
import { createCaaLocks } from '../doctor/caa-locks.ts';
import { createDoctor } from '../doctor/doctor.ts';
import { createPersistRecords } from '../doctor/persist-records.ts';
import type { Engine } from '../engine.ts';
import { createEveryMinute, type EveryMinute } from '../jobs/every-minute.ts';
import type { BudgetService } from '../rate-limits/budget.ts';
import type { Common } from './common.ts';

interface DoctorParts {
  readonly http: Pick<HttpChallenges, 'probe'>;
  readonly budget: BudgetService;
  readonly accounts: Accounts;
}

export function wireDoctor(
  common: Common,
  { http, budget, accounts }: DoctorParts,
): Pick<Engine, 'doctor' | 'caaLocks' | 'persistRecords'> & { readonly recordSchedule: EveryMinute } {
  const { stores, journal, log, acme, resolver, addressPolicy, webPorts, clock, directories, limits } =
    common;
  const timeoutMs = limits.examineWithinMs;
  const deps = { stores, acme, resolver, http, budget, clock, directories, timeoutMs };
  const caaLocks = createCaaLocks(common);
  const persistRecords = createPersistRecords({ ...common, openAccount: accounts.open });
  // Records that name the old account are reported with the next check.
  journal.listen(({ kind }) => {
    if (kind !== 'account.replaced') return;
    Promise.all([stores.caaLocks.makeDue(), stores.persistRecords.makeDue()]).catch((error: unknown) =>
      log.warn({ err: error }, 'DNS records are checked later'),
    );
  });
  const ended = new AbortController();
  const schedule = createEveryMinute(async () => {
    await Promise.all([caaLocks.sweep(ended.signal), persistRecords.sweep(ended.signal)]);
  });
  return {
    doctor: createDoctor({ ...deps, policy: addressPolicy, ports: webPorts }),
    caaLocks,
    persistRecords,
    recordSchedule: {
      start: schedule.start,
      async stop() {
        ended.abort(); // a silent DNS server must not delay the end
        await schedule.stop();
      },
    },
  };
}
