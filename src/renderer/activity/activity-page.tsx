// The audit log: filters, export and integrity check.
import { Button, Group, Text } from '@mantine/core';
import { IconDownload, IconShieldCheck } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { AuditEntry } from '../../shared/audit.ts';
import { useApi } from '../api.ts';
import { activity as activityTexts } from '../messages/activity.ts';
import { DataTable } from '../ui/data-table.tsx';
import { TextLink } from '../ui/link.tsx';
import { withProject } from '../ui/names.tsx';
import { Page } from '../ui/page.tsx';
import { Panel } from '../ui/panel.tsx';
import { QueryView } from '../ui/query-view.tsx';
import { ServerText, Time } from '../ui/time.tsx';
import { Filters } from './filters.tsx';
import { operationName } from './operation-name.ts';
import { useExport } from './use-export.ts';
import { useVerify, Verdict } from './verdict.tsx';

const text = activityTexts;
const PAGE = 50;
const route = getRouteApi('/activity');

export function ActivityPage() {
  const api = useApi();
  const filter = route.useSearch();
  const navigate = route.useNavigate();
  const entries = useInfiniteQuery(
    api.audit.list.infiniteQueryOptions(
      { ...filter, limit: PAGE },
      { getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined },
    ),
  );
  const verify = useVerify();
  const save = useExport();
  return (
    <Page
      title={text.title}
      description={text.description}
      width="wide"
      actions={
        <>
          <Button
            variant="default"
            leftSection={<IconShieldCheck size={16} aria-hidden />}
            loading={verify.isFetching}
            onClick={() => void verify.refetch()}
          >
            {text.verify.action}
          </Button>
          <Button
            variant="default"
            leftSection={<IconDownload size={16} aria-hidden />}
            title={text.exportLabel}
            loading={save.isPending}
            onClick={() => save.mutate(filter)}
          >
            {text.export}
          </Button>
        </>
      }
    >
      <Verdict verdict={verify.data} at={verify.dataUpdatedAt} />
      <Filters filter={filter} onChange={(search) => void navigate({ search, replace: true })} />
      <Panel flush>
        <QueryView query={entries} lines={8}>
          {({ pages }) => (
            <Entries
              entries={pages.flatMap((page) => page.entries)}
              projects={Object.assign({}, ...pages.map((page) => page.projects))}
            />
          )}
        </QueryView>
      </Panel>
      {entries.hasNextPage && (
        <Group justify="center" mt="md">
          <Button
            variant="default"
            loading={entries.isFetchingNextPage}
            onClick={() => void entries.fetchNextPage()}
          >
            {text.more}
          </Button>
        </Group>
      )}
    </Page>
  );
}

interface EntriesProps {
  readonly entries: readonly AuditEntry[];
  /** Project names by ID. */
  readonly projects: Readonly<Record<string, string>>;
}

function Entries({ entries, projects }: EntriesProps) {
  if (entries.length === 0) {
    return (
      <Text c="dimmed" p="md">
        {text.none}
      </Text>
    );
  }
  const { when, who, what, result } = text.columns;
  return (
    <DataTable
      label={text.title}
      rows={entries}
      keyOf={({ seq }) => seq}
      columns={[
        { label: when, width: '11rem', nowrap: true, cell: ({ at }) => <Time at={at} /> },
        { label: who, width: '17rem', cell: (entry) => <Who entry={entry} /> },
        {
          label: what,
          cell: (entry) => (
            <What entry={entry} project={entry.projectId === null ? undefined : projects[entry.projectId]} />
          ),
        },
        { label: result, nowrap: true, cell: (entry) => <Result entry={entry} /> },
      ]}
    />
  );
}

function Who({ entry: { actor, address } }: { readonly entry: AuditEntry }) {
  return (
    <div>
      {actor.name}
      <Text fz="xs" c="dimmed">
        {text.filters.kinds[actor.kind]}
        {address !== null && ` ${text.from(address)}`}
      </Text>
    </div>
  );
}

function What({ entry, project }: { readonly entry: AuditEntry; readonly project: string | undefined }) {
  const { projectId, jobId, result, message, operation } = entry;
  const words = (
    <>
      {result !== 'ok' && <b>{operationName(operation)}: </b>}
      <ServerText>{withProject(message, project)}</ServerText>
    </>
  );
  if (projectId === null || operation === 'projects.remove') return <div>{words}</div>;
  return (
    <TextLink
      {...(jobId === null
        ? { to: '/projects/$id', params: { id: projectId } }
        : { to: '/projects/$id/jobs/$jobId', params: { id: projectId, jobId } })}
      c="inherit"
      fz="inherit"
    >
      {words}
    </TextLink>
  );
}

function Result({ entry: { result } }: { readonly entry: AuditEntry }) {
  if (result === 'ok') return text.ok;
  return (
    <Text c="var(--cd-bad)" fw={550} fz="sm" title={result}>
      {text.failed}
    </Text>
  );
}
