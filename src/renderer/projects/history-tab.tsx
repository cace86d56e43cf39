// The history of a project: all certificate versions and jobs, newest first.
import { Button, EmptyState, Group, Stack, Text } from '@mantine/core';
import { IconHistory } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { CertificateVersion } from '../../shared/certificate-history.ts';
import { useApi } from '../api.ts';
import { openRevoke } from '../certificates/revoke-dialog.tsx';
import { useRestore } from '../certificates/use-restore.ts';
import { JobList } from '../jobs/job-list.tsx';
import { jobs as jobTexts } from '../messages/jobs.ts';
import { messages } from '../messages.ts';
import { DataTable } from '../ui/data-table.tsx';
import { Panel } from '../ui/panel.tsx';
import { QueryView } from '../ui/query-view.tsx';
import { Time } from '../ui/time.tsx';
import type { ProjectRowData } from './use-project-list.ts';

const text = jobTexts.history;

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
              <VersionTable project={project} versions={data.versions} />
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
  readonly project: ProjectRowData;
  readonly versions: readonly CertificateVersion[];
}

function VersionTable({ project, versions }: VersionTableProps) {
  return (
    <DataTable
      label={text.versions}
      rows={versions}
      keyOf={({ id }) => id}
      columns={[
        {
          label: text.columns.state,
          cell: ({ state, revokedAt, revocationRetry }) => (
            <>
              <Text fw={state === 'active' ? 600 : 400}>
                {revokedAt === null ? text.states[state] : messages.status.revoked}
              </Text>
              {revocationRetry !== null && (
                <Text fz="xs" c="var(--cd-warn)">
                  {text.notRevokedYet} <Time at={revocationRetry.nextAttemptAt} as="relative" />
                </Text>
              )}
            </>
          ),
        },
        { label: text.columns.issued, cell: ({ issuedAt }) => <Time at={issuedAt} /> },
        { label: text.columns.expires, cell: ({ expiresAt }) => <Time at={expiresAt} /> },
        { label: text.columns.issuer, cell: ({ issuer }) => issuer },
        ...(versions.some((version) => isRevocable(version) || isRestorable(project, version))
          ? [
              {
                label: text.columns.actions,
                align: 'right' as const,
                cell: (version: CertificateVersion) => <VersionActions project={project} version={version} />,
              },
            ]
          : []),
      ]}
    />
  );
}

interface VersionActionsProps {
  readonly project: ProjectRowData;
  readonly version: CertificateVersion;
}

/** The active version's actions are in the page header. */
function isRevocable({ state, type, revokedAt, expiresAt }: CertificateVersion): boolean {
  return state !== 'active' && type !== 'custom' && revokedAt === null && Date.parse(expiresAt) > Date.now();
}

/** A removed version can be restored only while the project has no active one. */
function isRestorable(project: ProjectRowData, { restorableUntil }: CertificateVersion): boolean {
  return project.certificate === null && restorableUntil !== null;
}

function VersionActions({ project, version }: VersionActionsProps) {
  const restore = useRestore();
  return (
    <Group gap="xs" display="inline-flex">
      {isRevocable(version) && (
        <Button variant="subtle" color="red" size="xs" onClick={() => openRevoke(project, version)}>
          {text.revoke}
        </Button>
      )}
      {isRestorable(project, version) && (
        <Button
          variant="default"
          size="xs"
          onClick={() => restore.mutate({ id: project.id, body: { versionId: version.id } })}
        >
          {text.restore}
        </Button>
      )}
    </Group>
  );
}
