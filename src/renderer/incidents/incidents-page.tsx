// The list of incidents, and the drill.
import { Button, Stack } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import type { Incident } from '../../shared/incident.ts';
import { useApi } from '../api.ts';
import { formatNumber } from '../format.ts';
import { EmptyList } from '../lists/empty.tsx';
import { incidents as text } from '../messages/incidents.ts';
import { DataTable } from '../ui/data-table.tsx';
import { TextLink } from '../ui/link.tsx';
import { notifyFailure } from '../ui/notify-failure.tsx';
import { Page } from '../ui/page.tsx';
import { Panel } from '../ui/panel.tsx';
import { QueryView } from '../ui/query-view.tsx';
import { Time } from '../ui/time.tsx';
import { DrillResult } from './drill-result.tsx';

export function IncidentsPage() {
  const api = useApi();
  const query = useQuery(api.incidents.list.queryOptions());
  const drill = useMutation(api.incidents.drill.mutationOptions({ onError: notifyFailure }));
  return (
    <Page
      title={text.title}
      description={text.description}
      actions={
        <Button variant="default" loading={drill.isPending} onClick={() => drill.mutate({})}>
          {text.drill.run}
        </Button>
      }
    >
      <Stack gap="md">
        {drill.data !== undefined && <DrillResult drill={drill.data} />}
        <QueryView query={query}>
          {({ incidents }) =>
            incidents.length === 0 ? (
              <Panel flush>
                <EmptyList icon={IconAlertTriangle} text={{ title: text.none, text: text.noneText }} />
              </Panel>
            ) : (
              <IncidentTable incidents={incidents} />
            )
          }
        </QueryView>
      </Stack>
    </Page>
  );
}

function IncidentTable({ incidents }: { readonly incidents: readonly Incident[] }) {
  const { ca, started, ended, total, progress } = text.columns;
  return (
    <Panel flush>
      <DataTable
        label={text.title}
        rows={incidents}
        keyOf={({ id }) => id}
        columns={[
          {
            label: ca,
            cell: (incident) => (
              <TextLink to="/incidents/$id" params={{ id: incident.id }}>
                {incident.ca}
              </TextLink>
            ),
          },
          { label: started, cell: ({ startedAt }) => <Time at={startedAt} /> },
          {
            label: ended,
            cell: ({ endedAt }) => (endedAt === null ? text.open : <Time at={endedAt} />),
          },
          { label: total, cell: (incident) => formatNumber(incident.total) },
          { label: progress, cell: (incident) => text.progress(incident.counts.renewed, incident.total) },
        ]}
      />
    </Panel>
  );
}
