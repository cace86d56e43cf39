// The page of an incident: why, how far the renewals are, and the certificates.
import { Anchor, Progress, Stack, Text } from '@mantine/core';
import { IconArrowLeft } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { INCIDENT_STATES, type IncidentDetail } from '../../shared/incident.ts';
import { useApi } from '../api.ts';
import { formatNumber } from '../format.ts';
import { incidents as text } from '../messages/incidents.ts';
import { DataTable } from '../ui/data-table.tsx';
import { Facts } from '../ui/facts.tsx';
import { TextLink } from '../ui/link.tsx';
import { Notice } from '../ui/notice.tsx';
import { Page } from '../ui/page.tsx';
import { Panel } from '../ui/panel.tsx';
import { QueryView } from '../ui/query-view.tsx';
import { Time } from '../ui/time.tsx';

const route = getRouteApi('/incidents/$id');

export function IncidentPage() {
  const { id } = route.useParams();
  const api = useApi();
  const query = useQuery(api.incidents.get.queryOptions({ incidentId: id }));
  return (
    <Page title={query.data?.ca ?? text.title} above={<Back />}>
      <QueryView query={query}>
        {(incident) => (
          <Stack gap="md">
            <Summary incident={incident} />
            <ProgressPanel incident={incident} />
            <Certificates incident={incident} />
          </Stack>
        )}
      </QueryView>
    </Page>
  );
}

function Back() {
  return (
    <TextLink to="/incidents" c="dimmed" fz="sm" mb={4} className="back-link">
      <IconArrowLeft size={16} aria-hidden />
      {text.back}
    </TextLink>
  );
}

interface Of {
  readonly incident: IncidentDetail;
}

function Summary({ incident: { ca, total, endedAt, explanationUrl, counts } }: Of) {
  return (
    <Notice tone={endedAt === null ? 'warn' : 'ok'} title={text.sentence(ca, total)}>
      {endedAt !== null && <div>{text.done(counts.renewed)}</div>}
      {explanationUrl === null ? (
        text.noReason
      ) : (
        <>
          {text.why}
          {': '}
          <Anchor href={explanationUrl} target="_blank" rel="noreferrer" style={{ overflowWrap: 'anywhere' }}>
            {explanationUrl}
          </Anchor>
        </>
      )}
    </Notice>
  );
}

function ProgressPanel({ incident: { total, counts, startedAt, endedAt } }: Of) {
  const done = counts.renewed + counts.removed;
  return (
    <Panel title={text.progressTitle}>
      <Progress value={total === 0 ? 100 : (100 * done) / total} size="lg" mb="sm" aria-hidden />
      <Facts
        facts={[
          { label: text.columns.started, value: <Time at={startedAt} /> },
          { label: text.columns.ended, value: endedAt === null ? text.open : <Time at={endedAt} /> },
          ...INCIDENT_STATES.map((state) =>
            counts[state] === 0 && state !== 'renewed'
              ? null
              : { label: text.states[state], value: formatNumber(counts[state]) },
          ),
        ]}
      />
    </Panel>
  );
}

function Certificates({ incident: { certificates, total } }: Of) {
  const { domain, state, before, now } = text.certificate;
  return (
    <Panel title={text.list} flush>
      <DataTable
        label={text.list}
        rows={certificates}
        keyOf={(each) => `${each.projectId} ${each.movedAt} ${each.renewAt}`}
        columns={[
          {
            label: domain,
            cell: (each) => (
              <TextLink to="/projects/$id" params={{ id: each.projectId }}>
                {each.domain}
              </TextLink>
            ),
          },
          { label: state, cell: (each) => text.states[each.state] },
          { label: before, cell: ({ renewBefore }) => <Time at={renewBefore} /> },
          { label: now, cell: ({ renewAt }) => <Time at={renewAt} /> },
        ]}
      />
      {certificates.length < total && (
        <Text c="dimmed" p="md">
          {text.first(certificates.length, total)}
        </Text>
      )}
    </Panel>
  );
}
