// The endpoint list page.
import { Button } from '@mantine/core';
import { IconPlus, IconServer2 } from '@tabler/icons-react';
import { getRouteApi } from '@tanstack/react-router';
import { EmptyList, NothingFound } from '../lists/empty.tsx';
import { endpoints as endpointTexts } from '../messages/endpoints.ts';
import { Page } from '../ui/page.tsx';
import { QueryView } from '../ui/query-view.tsx';
import { EndpointFilters } from './endpoint-filters.tsx';
import { EndpointList } from './endpoint-list.tsx';
import { type EndpointSearch, isFiltered } from './endpoint-search.ts';
import { openAddEndpoints } from './open-dialogs.tsx';
import { useEndpointList } from './use-endpoint-list.ts';

const text = endpointTexts;
const route = getRouteApi('/endpoints');

export function EndpointsPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { query, rows, last } = useEndpointList(search);
  const change = (next: EndpointSearch): void => void navigate({ search: next, replace: true });
  return (
    <Page title={text.title} width="wide" actions={<AddButton />}>
      <EndpointFilters search={search} page={last} onChange={change} />
      <QueryView query={query}>
        {() => {
          if (rows.length === 0 && isFiltered(search))
            return <NothingFound text={text.nothingFound} onClear={() => change({})} />;
          if (rows.length === 0) return <NoEndpoints />;
          return (
            <EndpointList
              rows={rows}
              total={last?.total ?? rows.length}
              hasMore={query.hasNextPage}
              onEnd={() => {
                // Not during a refetch either, which the next page's request would cancel.
                if (!query.isFetching) void query.fetchNextPage();
              }}
            />
          );
        }}
      </QueryView>
    </Page>
  );
}

function AddButton() {
  return (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => openAddEndpoints()}>
      {text.add}
    </Button>
  );
}

function NoEndpoints() {
  return (
    <EmptyList icon={IconServer2} text={text.empty}>
      <Button onClick={() => openAddEndpoints()}>{text.add}</Button>
    </EmptyList>
  );
}
