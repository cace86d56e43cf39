// Wires the doctor, and the CAA locks, which it checks.
import type { HttpChallenges } from '../challenges/http-01.ts';
import { createCaaLocks } from '../doctor/caa-locks.ts';
import { createDoctor } from '../doctor/doctor.ts';
import type { Engine } from '../engine.ts';
import { createEveryMinute, type EveryMinute } from '../jobs/every-minute.ts';
import type { BudgetService } from '../rate-limits/budget.ts';
import type { Common } from './common.ts';

export function wireDoctor(
  common: Common,
  { http, budget }: { readonly http: Pick<HttpChallenges, 'probe'>; readonly budget: BudgetService },
): Pick<Engine, 'doctor' | 'caaLocks'> & { readonly caaSchedule: EveryMinute } {
  const { stores, acme, resolver, addressPolicy, webPorts, clock, directories } = common;
  const deps = { stores, acme, resolver, http, budget, clock, directories };
  const caaLocks = createCaaLocks(common);
  return {
    doctor: createDoctor({ ...deps, policy: addressPolicy, ports: webPorts }),
    caaLocks,
    caaSchedule: createEveryMinute(caaLocks.sweep),
  };
}
