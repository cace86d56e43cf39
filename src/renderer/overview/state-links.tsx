// Certificate counts by status; each links to the filtered list.
import { Link } from '@tanstack/react-router';
import type { StateCounts } from '../../shared/project.ts';
import { formatNumber } from '../format.ts';
import { messages } from '../messages.ts';
import type { ListSearch } from '../projects/list-search.ts';
import { STATUS_FACES } from '../ui/status-style.ts';
import classes from './overview.module.css';

const STATES = ['valid', 'expiring_soon', 'failing', 'expired', 'revoked', 'none'] as const;

export interface StateLinksProps {
  readonly counts: StateCounts;
  /** Acknowledged revocations; they do not count as problems. */
  readonly acknowledged: number;
}

export function StateLinks({ counts, acknowledged }: StateLinksProps) {
  return (
    <nav aria-label={messages.overview.states.title}>
      <ul className={classes.states}>
        {STATES.map((state) => {
          const { icon: Icon, label, tone } = STATUS_FACES[state];
          const some = counts[state] > (state === 'revoked' ? acknowledged : 0);
          return (
            <li key={state}>
              <Link to="/projects" search={searchFor(state)} className={classes.state}>
                <span className={classes.number}>{formatNumber(counts[state])}</span>
                <span className={classes.stateName} data-tone={some ? tone : 'none'}>
                  <Icon size={14} stroke={2} aria-hidden />
                  {label}
                </span>
              </Link>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}

function searchFor(state: (typeof STATES)[number]): ListSearch {
  return state === 'failing' ? { failing: true } : { status: state };
}
