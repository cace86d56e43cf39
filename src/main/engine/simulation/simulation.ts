// The simulator: reads groups of certificates and answers what shorter lifetimes would change. It changes nothing.
import type { NotAutomated, Simulation, SimulationWait } from '../../../shared/simulation.ts';
import { listAuthorities } from '../acme/authorities.ts';
import type { DirectoryOverrides } from '../acme/directories.ts';
import type { Clock } from '../core/ports.ts';
import type { CertificateGroup, GroupFilter } from '../core/stores/simulation.ts';
import type { Stores } from '../core/stores.ts';
import { assessWait } from '../deploy/window.ts';
import { limitsOf } from './limits.ts';
import {
  dnsByProvider,
  figuresOf,
  isManualDns,
  perWeek,
  renewAfterHours,
  round,
  sumOf,
  validFor,
  withLifetime,
} from './simulate.ts';

export interface SimulationService {
  /** @param lifetimeDays Lifetime of new certificates. */
  run(lifetimeDays: number): Promise<Simulation>;
}

export interface SimulationDeps {
  readonly stores: Stores;
  readonly clock: Clock;
  readonly directories: DirectoryOverrides;
  /** The deployments that install only at certain times. */
  waits(): Promise<readonly DeploymentWait[]>;
}

/** The longest time that a deployment may wait for its next window. */
export interface DeploymentWait extends Omit<SimulationWait, 'canWaitHours'> {
  /** Of the certificate that it installs; null if there is none yet. */
  readonly lifetimeHours: number | null;
}

const MAX_EXAMPLES = 20;

/** The certificates of each obstacle: in a group, and as a query. */
const OBSTACLES: Readonly<
  Record<NotAutomated, { has(group: CertificateGroup): boolean; readonly filter: GroupFilter }>
> = {
  uploaded: { has: ({ type }) => type === 'custom', filter: { type: 'custom' } },
  'manual-dns': { has: isManualDns, filter: { provider: 'manual', challengeType: 'dns-01' } },
  'auto-renewal-off': {
    has: ({ type, autoRenew }) => type !== 'custom' && !autoRenew,
    filter: { autoRenew: false },
  },
  'no-ari': { has: ({ type, hasAri }) => type !== 'custom' && hasAri === false, filter: { hasAri: false } },
};

export function createSimulation({ stores, clock, directories, waits }: SimulationDeps): SimulationService {
  async function domainsOf(cas: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
    const lists = cas.map(async (ca) => [ca, await stores.simulation.domains(ca)] as const);
    return new Map(await Promise.all(lists));
  }

  return {
    async run(lifetimeDays) {
      const now = clock.now();
      const lifetimeHours = lifetimeDays * 24;
      const groups = await stores.simulation.groups();
      const today = withLifetime(groups, null);
      const simulated = withLifetime(groups, lifetimeHours);
      const authorities = listAuthorities(directories);
      const limited = authorities
        .filter(({ limits }) => limits.some(({ kind }) => kind === 'registered-domain'))
        .map(({ id }) => id);
      const [domains, deployments] = await Promise.all([domainsOf(limited), waits()]);
      const obstacles = Object.entries(OBSTACLES).map(async ([reason, { has, filter }]) => {
        const of = simulated.filter(({ group }) => has(group));
        const count = sumOf(of, ({ group }) => group.count);
        const examples = count === 0 ? [] : await stores.simulation.examples(filter, MAX_EXAMPLES);
        return {
          reason: reason as NotAutomated,
          count,
          perWeek: round(sumOf(of, perWeek)),
          examples: [...examples],
        };
      });
      const after = renewAfterHours(lifetimeHours);
      return {
        lifetimeDays,
        renewAfterHours: round(after),
        certificates: sumOf(today, ({ group }) => group.count),
        firstDay: now.toISOString().slice(0, 10),
        today: figuresOf(today, now),
        simulated: figuresOf(simulated, now),
        dns: dnsByProvider(today, simulated),
        limits: [...limitsOf({ renewed: simulated, today: now, authorities, domains })],
        obstacles: (await Promise.all(obstacles)).filter(({ count }) => count > 0),
        windows: deployments
          .map(({ lifetimeHours: own, ...wait }) => {
            const validity = validFor(Math.min(own ?? lifetimeHours, lifetimeHours));
            return { wait, ...assessWait(wait.longestWaitHours, validity) };
          })
          .filter(({ isTooLong }) => isTooLong)
          .map(({ wait, canWaitHours }) => ({ ...wait, canWaitHours })),
      };
    },
  };
}
