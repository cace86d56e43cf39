// What stands in the way of a shorter lifetime: certificates that need a person, limits of CAs, long windows.
import { Text } from '@mantine/core';
import { Fragment } from 'react';
import type { Simulation, SimulationLimit } from '../../shared/simulation.ts';
import { formatNumber } from '../format.ts';
import { simulation as text } from '../messages/simulation.ts';
import { DataTable } from '../ui/data-table.tsx';
import { TextLink } from '../ui/link.tsx';
import { Panel } from '../ui/panel.tsx';

type Obstacle = Simulation['obstacles'][number];

const SHOWN = 5;

export function Obstacles({ result: { obstacles, simulated } }: { readonly result: Simulation }) {
  const { title, none, noCertificates, columns, reasons, advice } = text.obstacles;
  return (
    <Panel title={title} flush>
      {obstacles.length === 0 ? (
        <Text c="dimmed" p="md">
          {simulated.ordersPerWeek === 0 ? noCertificates : none}
        </Text>
      ) : (
        <DataTable
          label={title}
          rows={obstacles}
          keyOf={({ reason }) => reason}
          columns={[
            {
              label: columns.reason,
              cell: ({ reason }) => (
                <>
                  {reasons[reason]}
                  <Text fz="xs" c="dimmed">
                    {advice[reason]}
                  </Text>
                </>
              ),
            },
            { label: columns.count, cell: ({ count }) => formatNumber(count) },
            { label: columns.perWeek, cell: ({ perWeek }) => formatNumber(perWeek) },
            { label: columns.examples, cell: (obstacle) => <Examples of={obstacle} /> },
          ]}
        />
      )}
    </Panel>
  );
}

function Examples({ of: { examples, count } }: { readonly of: Obstacle }) {
  const shown = examples.slice(0, SHOWN);
  return (
    <>
      {shown.map(({ projectId, domain }, at) => (
        <Fragment key={projectId}>
          {at > 0 && ', '}
          <TextLink to="/projects/$id" params={{ id: projectId }}>
            {domain}
          </TextLink>
        </Fragment>
      ))}
      {count > shown.length && ` ${text.obstacles.more(count - shown.length)}`}
    </>
  );
}

export function Windows({ windows }: Pick<Simulation, 'windows'>) {
  if (windows.length === 0) return null;
  return (
    <Panel title={text.windows.title}>
      {windows.map(({ deploymentId, name, longestWaitHours, canWaitHours }) => (
        <Text key={deploymentId}>
          <TextLink to="/deployments/$deploymentId" params={{ deploymentId }}>
            {name}
          </TextLink>
          {`: ${text.windows.sentence(longestWaitHours, canWaitHours)}`}
        </Text>
      ))}
    </Panel>
  );
}

export function Limits({ limits }: Pick<Simulation, 'limits'>) {
  const { title, none, columns, of } = text.limits;
  return (
    <Panel title={title} flush>
      {limits.length === 0 ? (
        <Text c="dimmed" p="md">
          {none}
        </Text>
      ) : (
        <DataTable
          label={title}
          rows={limits}
          keyOf={({ ca, name }) => `${ca} ${name}`}
          columns={[
            {
              label: columns.limit,
              cell: ({ ca, name, subject }) => (
                <>
                  {name}
                  <Text fz="xs" c="dimmed">
                    {subject ?? ca}
                  </Text>
                </>
              ),
            },
            { label: columns.peak, cell: ({ peak, count, hours }) => of(peak, count, hours) },
            { label: columns.verdict, cell: (limit) => verdictOf(limit) },
          ]}
        />
      )}
    </Panel>
  );
}

function verdictOf({ peak, count, subjects, exempt }: SimulationLimit): string {
  const { within, reached, exempt: exemption, subjects: above } = text.limits;
  if (peak <= count) return within;
  const words = subjects > 1 ? `${reached}: ${above(subjects)}` : reached;
  return exempt ? `${words}. ${exemption}` : words;
}
