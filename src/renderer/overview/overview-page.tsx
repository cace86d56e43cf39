// The overview: health, certificates that need attention, the timeline, system status and recent activity.
import { EmptyState, Group, SimpleGrid, Stack, Text } from '@mantine/core';
import { IconShieldPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { Overview } from '../../shared/overview.ts';
import { useApi } from '../api.ts';
import { NewCertificateButton } from '../certificates/new-certificate-button.tsx';
import { RestoreBanner } from '../deployments/restore-banner.tsx';
import { MonitoredProblems } from '../endpoints/monitored-problems.tsx';
import { ImportButton } from '../import/import-button.tsx';
import { messages } from '../messages.ts';
import { LinkButton } from '../ui/link.tsx';
import { Notice } from '../ui/notice.tsx';
import { Page } from '../ui/page.tsx';
import { Panel } from '../ui/panel.tsx';
import { QueryView } from '../ui/query-view.tsx';
import { TONE_ICONS } from '../ui/status-style.ts';
import { Time } from '../ui/time.tsx';
import { AttentionList } from './attention-list.tsx';
import { Checklist } from './checklist.tsx';
import { DeploymentStates } from './deployment-states.tsx';
import { EnginePanel } from './engine-panel.tsx';
import { LastEvents } from './last-events.tsx';
import classes from './overview.module.css';
import { StateLinks } from './state-links.tsx';
import { TimelinePanel } from './timeline.tsx';
import { WaitingDeployments } from './waiting-deployments.tsx';

const text = messages.overview;
/** Times in the system status change without an event. */
const AGAIN_MS = 60_000;

export function OverviewPage() {
  const api = useApi();
  const overview = useQuery({ ...api.overview.get.queryOptions(), refetchInterval: AGAIN_MS });
  return (
    <Page
      title={text.title}
      heading={overview.data === undefined ? text.title : <HealthLine health={overview.data.health} />}
      width="wide"
      actions={overview.data !== undefined && overview.data.counts.total > 0 && <NewCertificateButton />}
    >
      <QueryView query={overview} lines={10}>
        {(data) => <Parts overview={data} />}
      </QueryView>
    </Page>
  );
}

const TONES = { ok: 'ok', attention: 'warn', failing: 'bad' } as const;

function HealthLine({ health: { state, sentence } }: { readonly health: Overview['health'] }) {
  const tone = TONES[state];
  const Icon = TONE_ICONS[tone];
  return (
    <span className={classes.health} data-tone={tone}>
      <Icon size={26} stroke={2} aria-hidden />
      {sentence}
    </span>
  );
}

function Parts({ overview }: { readonly overview: Overview }) {
  const { counts, attention, endpoints, waiting, timeline, engine, setup, events } = overview;
  return (
    <Stack gap="md">
      <RestoreBanner brief />
      {engine.pausedUntil !== null && <PauseBanner until={engine.pausedUntil} />}
      {counts.total === 0 ? (
        <Panel>
          <FirstSteps />
        </Panel>
      ) : (
        <StateLinks counts={counts} acknowledged={attention.acknowledged} />
      )}
      <DeploymentStates />
      {attention.total > 0 && <AttentionList attention={attention} />}
      <MonitoredProblems endpoints={endpoints} />
      <WaitingDeployments waiting={waiting} />
      {setup !== null && <Checklist setup={setup} />}
      {counts.total > counts.none && <TimelinePanel timeline={timeline} />}
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
        <LastEvents events={events} />
        <EnginePanel engine={engine} />
      </SimpleGrid>
    </Stack>
  );
}

/** At the top, because a forgotten pause would otherwise show only when certificates expire. */
function PauseBanner({ until }: { readonly until: string }) {
  return (
    <Notice tone="warn" title={text.paused} role="status">
      <Group justify="space-between" gap="xs">
        <Text>
          {text.pausedUntil} <Time at={until} />.
        </Text>
        <LinkButton variant="default" size="xs" to="/settings/renewals">
          {text.pauseSettings}
        </LinkButton>
      </Group>
    </Notice>
  );
}

function FirstSteps() {
  return (
    <EmptyState
      py={32}
      icon={<IconShieldPlus size={40} stroke={1.5} aria-hidden />}
      title={text.empty.title}
      description={text.empty.text}
    >
      <EmptyState.Actions>
        <NewCertificateButton />
        <ImportButton />
      </EmptyState.Actions>
    </EmptyState>
  );
}
