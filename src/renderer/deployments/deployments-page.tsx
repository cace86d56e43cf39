// All deployments, with a search and the states as filters.

import { Button } from '@mantine/core';
import { IconPackageExport } from '@tabler/icons-react';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { DEPLOYED_STATE_LABELS, DEPLOYED_STATES } from '../../shared/deployed-states.ts';
import type { DeploymentCounts } from '../../shared/deployment.ts';
import { useApi } from '../api.ts';
import { EmptyList, NothingFound } from '../lists/empty.tsx';
import { Filter, FilterGroup, ListToolbar } from '../lists/filters.tsx';
import { ListTools } from '../lists/list-tools.tsx';
import { SearchField } from '../lists/search-field.tsx';
import { changeSearch } from '../lists/search-params.ts';
import { deployments as deploymentTexts } from '../messages/deployments.ts';
import { FailureNotice } from '../ui/failure.tsx';
import { Page } from '../ui/page.tsx';
import { Panel } from '../ui/panel.tsx';
import { QueryView } from '../ui/query-view.tsx';
import { AddDeploymentButton } from './add-deployment.tsx';
import { DeploymentRows } from './deployment-rows.tsx';
import { type DeploymentSearch, readDeploymentSearch } from './deployment-search.ts';
import { RestoreBanner } from './restore-banner.tsx';

const text = deploymentTexts;
const route = getRouteApi('/deployments');

export function DeploymentsPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const api = useApi();
  const pages = useInfiniteQuery(
    api.deployments.list.infiniteQueryOptions(
      { ...search, limit: 50 },
      { getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined, placeholderData: keepPreviousData },
    ),
  );
  const choose = (next: DeploymentSearch): void => void navigate({ search: next, replace: true });
  const rows = pages.data?.pages.flatMap(({ deployments }) => deployments) ?? [];
  const counts = pages.data?.pages.at(-1)?.counts;
  const filtered = search.q !== undefined || search.state !== undefined;
  return (
    <Page
      title={text.title}
      description={text.description}
      actions={(counts?.total ?? 0) > 0 ? <AddDeploymentButton /> : undefined}
    >
      <RestoreBanner />
      {(filtered || (counts?.total ?? 0) > 0) && (
        <ListToolbar>
          <SearchField
            q={search.q ?? ''}
            label={text.search}
            onChange={(q) => choose(changeSearch(search, { q: q === '' ? undefined : q }))}
          />
          <ListTools
            list="deployments"
            search={search}
            onSearch={choose}
            readSearch={readDeploymentSearch}
            exportCsv={async (api, of) => (await import('./deployments-csv.ts')).exportDeployments(api, of)}
          />
          {counts !== undefined && <States counts={counts} search={search} onChoose={choose} />}
        </ListToolbar>
      )}
      <Panel flush>
        {pages.error !== null && pages.data === undefined ? (
          <FailureNotice error={pages.error} onRetry={() => void pages.refetch()} />
        ) : (
          <QueryView query={pages}>
            {() =>
              rows.length > 0 ? (
                <DeploymentRows deployments={rows} label={text.list} />
              ) : filtered ? (
                <NothingFound text={text.nothingFound} onClear={() => choose({})} />
              ) : (
                <NoDeployments />
              )
            }
          </QueryView>
        )}
      </Panel>
      {pages.hasNextPage && (
        <Button
          variant="subtle"
          mt="xs"
          loading={pages.isFetchingNextPage}
          onClick={() => void pages.fetchNextPage()}
        >
          {text.showMore}
        </Button>
      )}
    </Page>
  );
}

interface StatesProps {
  readonly counts: DeploymentCounts;
  readonly search: DeploymentSearch;
  onChoose(search: DeploymentSearch): void;
}

/** Only the states that some deployment has. */
function States({ counts, search, onChoose }: StatesProps) {
  const { state: chosen, ...others } = search;
  const shown = DEPLOYED_STATES.filter((state) => counts[state] > 0 || chosen === state);
  return (
    <FilterGroup label={text.stateFilter}>
      <Filter
        label={text.states.all}
        count={counts.total}
        pressed={chosen === undefined}
        onClick={() => onChoose(others)}
      />
      {shown.map((state) => (
        <Filter
          key={state}
          label={DEPLOYED_STATE_LABELS[state]}
          count={counts[state]}
          pressed={chosen === state}
          onClick={() => onChoose(chosen === state ? others : { ...others, state })}
        />
      ))}
    </FilterGroup>
  );
}

function NoDeployments() {
  return (
    <EmptyList icon={IconPackageExport} text={text.empty}>
      <AddDeploymentButton />
    </EmptyList>
  );
}
