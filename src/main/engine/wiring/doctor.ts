// Wires the doctor.
import type { HttpChallenges } from '../challenges/http-01.ts';
import { createDoctor } from '../doctor/doctor.ts';
import type { Engine } from '../engine.ts';
import type { BudgetService } from '../rate-limits/budget.ts';
import type { Common } from './common.ts';

export function wireDoctor(
  { stores, acme, resolver, addressPolicy, webPorts, clock, directories }: Common,
  { http, budget }: { readonly http: Pick<HttpChallenges, 'probe'>; readonly budget: BudgetService },
): Pick<Engine, 'doctor'> {
  const deps = { stores, acme, resolver, http, budget, clock, directories };
  return { doctor: createDoctor({ ...deps, policy: addressPolicy, ports: webPorts }) };
}
