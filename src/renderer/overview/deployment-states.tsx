// The number of deployments in each state, beside the certificates by status; each links to the filtered list.
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { DEPLOYED_STATES } from '../../shared/deployed-states.ts';
import { useApi } from '../api.ts';
import { DEPLOYED_FACES } from '../deployments/faces.ts';
import { formatNumber } from '../format.ts';
import { messages } from '../messages.ts';
import classes from './overview.module.css';

/** Renders nothing while there are no deployments. Those that wait for a window have their own panel. */
export function DeploymentStates() {
  const api = useApi();
  const counts = useQuery(api.deployments.list.queryOptions({ limit: 1 })).data?.counts;
  const states = DEPLOYED_STATES.filter((state) => state !== 'waiting' && (counts?.[state] ?? 0) > 0);
  if (counts === undefined || states.length === 0) return null;
  return (
    <nav aria-label={messages.overview.deploymentStates}>
      <ul className={classes.deployments}>
        {states.map((state) => {
          const { icon: Icon, label, tone } = DEPLOYED_FACES[state];
          return (
            <li key={state}>
              <Link to="/deployments" search={{ state }} className={classes.deployment}>
                <span className={classes.stateName} data-tone={tone}>
                  <Icon size={14} stroke={2} aria-hidden />
                  {label}
                </span>
                <span className={classes.deploymentCount}>{formatNumber(counts[state])}</span>
              </Link>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}
