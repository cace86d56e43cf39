// Combines what the endpoints of a project tell about the certificate that its clients are given. Pure, except for the
// one query.
import type { Served } from '../../../shared/served.ts';
import type { ServedEndpoint } from '../core/stores/endpoints.ts';
import type { Stores } from '../core/stores.ts';

/** @returns by project id; projects without a certificate or an endpoint are missing */
export async function findServed(
  { endpoints }: Pick<Stores, 'endpoints'>,
  projectIds: readonly string[],
): Promise<ReadonlyMap<string, Served>> {
  const found = await endpoints.served(projectIds);
  const groups = Map.groupBy(found, ({ projectId }) => projectId);
  return new Map([...groups].map(([projectId, of]) => [projectId, combineServed(of)]));
}

/** @param of The endpoints of one project; not empty. */
function combineServed(of: readonly ServedEndpoint[]): Served {
  const each = of.map((endpoint) => ({ state: stateSince(endpoint), at: endpoint.checkedAt }));
  const states = new Set(each.map(({ state }) => state));
  const state = combineStates(states);
  const deciding =
    state === 'current' || state === 'partly' ? each : each.filter((one) => one.state === state);
  const times = deciding.map(({ at }) => at);
  return { state, at: times.includes(null) ? null : (times.toSorted()[0] ?? null) };
}

/** A check from before the certificate became active tells nothing about it. */
function stateSince({ served, checkedAt, activeSince }: ServedEndpoint): Served['state'] {
  return checkedAt === null || checkedAt < activeSince ? 'unknown' : (served ?? 'unknown');
}

function combineStates(states: ReadonlySet<Served['state']>): Served['state'] {
  if (states.has('problem')) return 'problem';
  if (states.has('partly')) return 'partly';
  if (states.has('old')) return states.has('current') ? 'partly' : 'old';
  return states.has('unknown') ? 'unknown' : 'current';
}
