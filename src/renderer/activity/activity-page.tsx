// The audit log: filters, export and integrity check.
import { Button, Group, Table, Text } from '@mantine/core';
import { IconDownload, IconShieldCheck } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { AuditEntry } from '../../shared/audit.ts';
import { useApi } from '../api.ts';
import { messages } from '../messages.ts';
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

const text = messages.activity;
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
    <Table.ScrollContainer minWidth={680} type="native">
      <Table verticalSpacing="xs" horizontalSpacing="md" layout="fixed">
        <colgroup>
          <col style={{ width: '12rem' }} />
          <col style={{ width: '15rem' }} />
          <col />
          <col style={{ width: '8rem' }} />
        </colgroup>
        <Table.Thead>
          <Table.Tr>
            {[when, who, what, result].map((label) => (
              <Table.Th key={label} fz="xs" c="dimmed" fw={500}>
                {label}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {entries.map((entry) => (
            <Entry
              key={entry.seq}
              entry={entry}
              project={entry.projectId === null ? undefined : projects[entry.projectId]}
            />
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function Entry({ entry, project }: { readonly entry: AuditEntry; readonly project: string | undefined }) {
  const { at, actor, address, projectId, jobId, result, message, operation } = entry;
  const words = (
    <>
      {result !== 'ok' && <b>{operationName(operation)}: </b>}
      <ServerText>{withProject(message, project)}</ServerText>
    </>
  );
  return (
    <Table.Tr>
      <Table.Td>
        <Time at={at} />
      </Table.Td>
      <Table.Td style={{ overflowWrap: 'anywhere' }}>
        {actor.name}
        <Text fz="xs" c="dimmed">
          {text.filters.kinds[actor.kind]}
          {address !== null && ` ${text.from(address)}`}
        </Text>
      </Table.Td>
      <Table.Td style={{ overflowWrap: 'anywhere' }}>
        {projectId === null || operation === 'projects.remove' ? (
          words
        ) : (
          <TextLink
            {...(jobId === null
              ? { to: '/projects/$id', params: { id: projectId } }
              : { to: '/projects/$id/jobs/$jobId', params: { id: projectId, jobId } })}
            c="inherit"
            fz="inherit"
          >
            {words}
          </TextLink>
        )}
      </Table.Td>
      <Table.Td>
        {result === 'ok' ? (
          text.ok
        ) : (
          <Text c="var(--cd-bad)" fw={550} fz="sm" title={result}>
            {text.failed}
          </Text>
        )}
      </Table.Td>
    </Table.Tr>
  );
}
