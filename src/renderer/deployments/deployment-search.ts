// The search and filter of the list of deployments, as in its URL.
import { DEPLOYED_STATES, type DeployedState } from '../../shared/deployed-states.ts';
import { oneOfParam, searchReader, textParam } from '../lists/search-params.ts';

export interface DeploymentSearch {
  readonly q?: string;
  readonly state?: DeployedState;
}

/** Parses the URL's search parameters. */
export const readDeploymentSearch = searchReader<DeploymentSearch>({
  q: textParam,
  state: oneOfParam(DEPLOYED_STATES),
});
