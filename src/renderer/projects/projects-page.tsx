// The project list page.
import { IconCertificate } from '@tabler/icons-react';
import { getRouteApi } from '@tanstack/react-router';
import { NewCertificateButton } from '../certificates/new-certificate-button.tsx';
import { ImportButton } from '../import/import-button.tsx';
import { EmptyList, NothingFound } from '../lists/empty.tsx';
import { projects as projectTexts } from '../messages/projects.ts';
import { Page } from '../ui/page.tsx';
import { QueryView } from '../ui/query-view.tsx';
import { BulkBar } from './bulk/bulk-bar.tsx';
import { ListFilters } from './list-filters.tsx';
import { isFiltered, type ListSearch } from './list-search.ts';
import { ProjectList } from './project-list.tsx';
import classes from './projects.module.css';
import { useSelection } from './selection.ts';
import { useProjectList } from './use-project-list.ts';

const text = projectTexts;
const route = getRouteApi('/projects');

export function ProjectsPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { query, rows, total } = useProjectList(search);
  const change = (next: ListSearch): void => void navigate({ search: next, replace: true });
  const selection = useSelection(search);
  return (
    <Page title={text.title} width="wide" actions={<Actions />}>
      <ListFilters search={search} total={total} onChange={change} />
      <QueryView query={query}>
        {() => {
          if (rows.length === 0 && isFiltered(search))
            return <NothingFound text={text.nothingFound} onClear={() => change({})} />;
          if (rows.length === 0) return <NoProjects />;
          return (
            <div className={classes.withBar} data-chosen={selection.ids.size > 0 || undefined}>
              <BulkBar rows={rows} selection={selection} />
              <ProjectList
                rows={rows}
                total={total}
                search={search}
                onSearch={change}
                selection={selection}
                hasMore={query.hasNextPage}
                onEnd={() => {
                  // Not during a refetch either, which the next page's request would cancel.
                  if (!query.isFetching) void query.fetchNextPage();
                }}
              />
            </div>
          );
        }}
      </QueryView>
    </Page>
  );
}

function Actions() {
  return (
    <>
      <ImportButton />
      <NewCertificateButton />
    </>
  );
}

function NoProjects() {
  return (
    <EmptyList icon={IconCertificate} text={text.empty}>
      <NewCertificateButton />
      <ImportButton />
    </EmptyList>
  );
}
