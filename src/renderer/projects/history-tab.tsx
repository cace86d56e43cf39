// Every version and every operation of a project, newest first.
import { Button, EmptyState, Stack, Table, Text } from '@mantine/core';
import { IconHistory } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { CertificateVersion } from '../../shared/certificate-history.ts';
import { useApi } from '../api.ts';
import { useRestore } from '../certificates/use-restore.ts';
import { JobList } from '../jobs/job-list.tsx';
import { messages } from '../messages.ts';
import { Panel } from '../ui/panel.tsx';
import { QueryView } from '../ui/query-view.tsx';
import { Time } from '../ui/time.tsx';
import type { ProjectRowData } from './use-project-list.ts';

const text = messages.jobs.history;

export function HistoryTab({ project }: { readonly project: ProjectRowData }) {
  const api = useApi();
  const jobs = useQuery(api.jobs.list.queryOptions({ project: project.id, limit: 100 }));
  const versions = useQuery(api.certificates.versions.queryOptions({ id: project.id }));
  return (
    <Stack gap="md">
      <QueryView query={jobs}>
        {(data) => {
          if (data.jobs.length > 0) {
            return (
              <Panel title={text.operations} flush>
                <JobList jobs={data.jobs} />
              </Panel>
            );
          }
          return versions.data?.total === 0 ? <Nothing /> : null;
        }}
      </QueryView>
      <QueryView query={versions}>
        {(data) =>
          data.versions.length === 0 ? null : (
            <Panel title={text.versions} flush>
              <VersionTable
                projectId={project.id}
                versions={data.versions}
                restorable={project.certificate === null}
              />
            </Panel>
          )
        }
      </QueryView>
    </Stack>
  );
}

function Nothing() {
  return (
    <Panel>
      <EmptyState
        py={32}
        icon={<IconHistory size={40} stroke={1.5} aria-hidden />}
        title={text.empty}
        description={text.emptyText}
      />
    </Panel>
  );
}

interface VersionTableProps {
  readonly projectId: string;
  readonly versions: readonly CertificateVersion[];
  /** A removed one can come back only where none is in its place. */
  readonly restorable: boolean;
}

function VersionTable({ projectId, versions, restorable }: VersionTableProps) {
  const restore = useRestore();
  return (
    <Table verticalSpacing="sm" horizontalSpacing="md">
      <Table.Thead>
        <Table.Tr>
          {[text.columns.state, text.columns.issued, text.columns.expires, text.columns.issuer].map(
            (label) => (
              <Table.Th key={label} fz="xs" c="dimmed" fw={500}>
                {label}
              </Table.Th>
            ),
          )}
          <Table.Th fz="xs" c="dimmed" fw={500} ta="right">
            {text.columns.actions}
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {versions.map((version) => (
          <Table.Tr key={version.id}>
            <Table.Td>
              <Text fw={version.state === 'active' ? 600 : 400}>
                {version.revokedAt === null ? text.states[version.state] : messages.status.revoked}
              </Text>
            </Table.Td>
            <Table.Td>
              <Time at={version.issuedAt} />
            </Table.Td>
            <Table.Td>
              <Time at={version.expiresAt} />
            </Table.Td>
            <Table.Td>{version.issuer}</Table.Td>
            <Table.Td ta="right">
              {restorable && version.restorableUntil !== null && (
                <Button
                  variant="default"
                  size="xs"
                  onClick={() => restore.mutate({ id: projectId, body: { versionId: version.id } })}
                >
                  {text.restore}
                </Button>
              )}
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
