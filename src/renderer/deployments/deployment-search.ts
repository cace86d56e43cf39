// The search and filter of the list of deployments, as in its URL.
import { DEPLOYED_STATES, type DeployedState } from '../../shared/deployed-states.ts';

export interface DeploymentSearch {
  readonly q?: string;
  readonly state?: DeployedState;
}

/** Ignores what it does not know: people edit and share URLs. */
export function readDeploymentSearch(search: Record<string, unknown>): DeploymentSearch {
  const state = DEPLOYED_STATES.find((each) => each === search.state);
  const q = search.q === undefined ? '' : String(search.q);
  return { ...(q === '' ? {} : { q }), ...(state === undefined ? {} : { state }) };
}
