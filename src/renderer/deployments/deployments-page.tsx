// All deployments, with a search and the states as filters.

import { Button, EmptyState, Group, TextInput, UnstyledButton } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconPackageExport, IconSearch } from '@tabler/icons-react';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { DEPLOYED_STATE_LABELS, DEPLOYED_STATES } from '../../shared/deployed-states.ts';
import type { DeploymentCounts } from '../../shared/deployment.ts';
import { useApi } from '../api.ts';
import { formatNumber } from '../format.ts';
import { deployments as deploymentTexts } from '../messages/deployments.ts';
import projectClasses from '../projects/projects.module.css';
import { FailureNotice } from '../ui/failure.tsx';
import { LinkButton } from '../ui/link.tsx';
import { Page } from '../ui/page.tsx';
import { Panel } from '../ui/panel.tsx';
import { QueryView } from '../ui/query-view.tsx';
import { DeploymentRows } from './deployment-rows.tsx';
import type { DeploymentSearch } from './deployment-search.ts';
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
    <Page title={text.title} description={text.description}>
      <RestoreBanner />
      {(filtered || (counts?.total ?? 0) > 0) && (
        <Group gap="sm" mb="sm">
          <Search q={search.q ?? ''} onChange={(q) => choose(withQuery(search, q))} />
          {counts !== undefined && <States counts={counts} search={search} onChoose={choose} />}
        </Group>
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
                <EmptyState py={32} title={text.nothingFound.title} description={text.nothingFound.text}>
                  <EmptyState.Actions>
                    <Button variant="default" onClick={() => choose({})}>
                      {text.nothingFound.action}
                    </Button>
                  </EmptyState.Actions>
                </EmptyState>
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

function withQuery({ q: _, ...others }: DeploymentSearch, q: string): DeploymentSearch {
  return q === '' ? others : { ...others, q };
}

function Search({ q, onChange }: { readonly q: string; onChange(q: string): void }) {
  const [value, setValue] = useState(q);
  const send = useDebouncedCallback(onChange, 150);
  return (
    <TextInput
      w={240}
      value={value}
      onChange={(event) => {
        setValue(event.currentTarget.value);
        send(event.currentTarget.value.trim());
      }}
      placeholder={text.search}
      aria-label={text.search}
      leftSection={<IconSearch size={16} aria-hidden />}
    />
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
    <Group gap={6} role="group" aria-label={text.stateFilter}>
      <UnstyledButton
        className={projectClasses.filter}
        aria-pressed={chosen === undefined}
        onClick={() => onChoose(others)}
      >
        {text.states.all}
        <small className="numbers">{formatNumber(counts.total)}</small>
      </UnstyledButton>
      {shown.map((state) => (
        <UnstyledButton
          key={state}
          className={projectClasses.filter}
          aria-pressed={chosen === state}
          onClick={() => onChoose(chosen === state ? others : { ...others, state })}
        >
          {DEPLOYED_STATE_LABELS[state]}
          <small className="numbers">{formatNumber(counts[state])}</small>
        </UnstyledButton>
      ))}
    </Group>
  );
}

function NoDeployments() {
  return (
    <EmptyState
      py={40}
      icon={<IconPackageExport size={40} stroke={1.5} aria-hidden />}
      title={text.empty.title}
      description={text.empty.text}
    >
      <EmptyState.Actions>
        <LinkButton to="/projects">{text.empty.action}</LinkButton>
      </EmptyState.Actions>
    </EmptyState>
  );
}
