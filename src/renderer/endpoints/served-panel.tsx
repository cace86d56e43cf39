// What clients of a project are given: issued, deployed, served as three steps, and the endpoints with a problem.
import { Button, Stack, Text } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { formatEndpoint } from '../../shared/endpoint-names.ts';
import type { Endpoint } from '../../shared/endpoint-record.ts';
import type { Served } from '../../shared/served.ts';
import { useApi } from '../api.ts';
import { endpoints as endpointTexts } from '../messages/endpoints.ts';
import { TextLink } from '../ui/link.tsx';
import { Panel } from '../ui/panel.tsx';
import { type Face, STATUS_FACES } from '../ui/status-style.ts';
import { Time } from '../ui/time.tsx';
import classes from './endpoints.module.css';
import { ENDPOINT_FACES, SERVED_FACES } from './faces.ts';
import { openAddEndpoints } from './open-dialogs.tsx';
import { withoutName } from './sentences.ts';

const text = endpointTexts.served;
/** More are on the endpoints page. */
const SHOWN = 5;

export interface ServedPanelProps {
  readonly projectId: string;
  readonly issuedAt: string;
  readonly served: Served | null;
  /** The step between; null if the project has no deployment. */
  readonly deployed?: { readonly face: Face; readonly words: string; readonly at: string } | null;
}

export function ServedPanel({ projectId, issuedAt, served, deployed = null }: ServedPanelProps) {
  const api = useApi();
  const endpoints = useQuery(api.endpoints.list.queryOptions({ project: projectId, limit: 100 }));
  const all = endpoints.data?.endpoints ?? [];
  const bad = all.filter(({ sentence }) => sentence !== null);
  const hasNone = endpoints.data !== undefined && endpoints.data.total === 0;
  return (
    <Panel
      title={text.title}
      aside={
        <Button
          variant="subtle"
          size="compact-xs"
          leftSection={<IconPlus size={14} aria-hidden />}
          onClick={() => openAddEndpoints(projectId)}
        >
          {text.addEndpoints}
        </Button>
      }
    >
      <Stack gap="md">
        <ol className={classes.steps}>
          <Step face={STATUS_FACES.valid} name={text.issued} at={issuedAt} />
          {deployed !== null && (
            <Step face={deployed.face} name={text.deployed} at={deployed.at}>
              {deployed.words !== '' && (
                <TextLink
                  to="/projects/$id"
                  params={{ id: projectId }}
                  search={{ tab: 'deployments' }}
                  fz="inherit"
                >
                  {deployed.words}
                </TextLink>
              )}
            </Step>
          )}
          {served !== null && (
            <Step face={SERVED_FACES[served.state]} name={text.served} at={served.at}>
              {text.states[served.state]}
            </Step>
          )}
        </ol>
        {hasNone && (
          <Text fz="sm" c="dimmed">
            {text.noEndpoints}
          </Text>
        )}
        {bad.slice(0, SHOWN).map((endpoint) => (
          <Problem key={endpoint.id} endpoint={endpoint} />
        ))}
        {all.length > 0 && (
          <TextLink to="/endpoints" search={{ project: projectId }} fz="sm">
            {text.all(endpoints.data?.total ?? all.length)}
          </TextLink>
        )}
      </Stack>
    </Panel>
  );
}

interface StepProps {
  readonly face: Face;
  readonly name: string;
  readonly at: string | null;
  readonly children?: ReactNode;
}

function Step({ face: { icon: Icon, tone }, name, at, children }: StepProps) {
  return (
    <li className={classes.step} data-tone={tone}>
      <Icon size={20} aria-hidden />
      <div>
        <Text fw={550}>{name}</Text>
        {children !== undefined && <Text fz="sm">{children}</Text>}
        {at !== null && (
          <Text fz="xs" c="dimmed">
            <Time at={at} as="relative" />
          </Text>
        )}
      </div>
    </li>
  );
}

function Problem({ endpoint }: { readonly endpoint: Endpoint }) {
  const { icon: Icon, tone } = ENDPOINT_FACES[endpoint.state];
  return (
    <div className={classes.step} data-tone={tone}>
      <Icon size={20} aria-hidden />
      <div>
        <TextLink to="/endpoints/$id" params={{ id: endpoint.id }} fw={550}>
          {formatEndpoint(endpoint)}
        </TextLink>
        <Text fz="sm" style={{ overflowWrap: 'anywhere' }}>
          {endpoint.sentence === null ? null : withoutName(endpoint.sentence, formatEndpoint(endpoint))}
        </Text>
      </div>
    </div>
  );
}
