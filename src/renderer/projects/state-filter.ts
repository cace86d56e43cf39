// The filter of the project list by state: what needs attention, what is failing, and the certificate's status.
import { PROJECT_NEEDS, PROJECT_STATES } from '../../shared/project-filters.ts';
import { changeSearch } from '../lists/search-params.ts';
import { projects as projectTexts } from '../messages/projects.ts';
import { STATUS_FACES } from '../ui/status-style.ts';
import type { ListSearch } from './list-search.ts';

type Need = (typeof PROJECT_NEEDS)[number];
type Status = (typeof PROJECT_STATES)[number];
export type State = Need | Status | 'failing';

/** Those that fit into one row of 1280 pixels. The other filters have all of them. */
export const MAIN_STATES: readonly State[] = ['attention', 'failing', 'expiring_soon', 'expired', 'valid'];
export const STATES: readonly State[] = [...PROJECT_NEEDS, 'failing', ...PROJECT_STATES];

const isNeed = (state: State): state is Need => PROJECT_NEEDS.some((need) => need === state);

export function stateName(state: State): string {
  return isNeed(state) ? projectTexts.needs[state] : STATUS_FACES[state].label;
}

/** @returns the states that are chosen; one, unless the URL was written by hand. */
export function chosenStates({ need, failing, status }: ListSearch): readonly State[] {
  return [need, failing === true ? ('failing' as const) : undefined, status].filter(
    (state) => state !== undefined,
  );
}

/** @param state undefined for projects in any state. */
export function chooseState(search: ListSearch, state: State | undefined): ListSearch {
  const next: ListSearch =
    state === undefined
      ? {}
      : isNeed(state)
        ? { need: state }
        : state === 'failing'
          ? { failing: true }
          : { status: state };
  return changeSearch(search, { status: undefined, failing: undefined, need: undefined, ...next });
}
