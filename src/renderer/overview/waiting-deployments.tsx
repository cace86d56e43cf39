// Projects whose certificate waits for the window of a deployment.
import { Stack } from '@mantine/core';
import type { Overview } from '../../shared/overview.ts';
import { messages } from '../messages.ts';
import { TextLink } from '../ui/link.tsx';
import { Panel } from '../ui/panel.tsx';

const SHOWN = 5;

/** Renders nothing if none waits. */
export function WaitingDeployments({ waiting: { total, items } }: Pick<Overview, 'waiting'>) {
  if (total === 0) return null;
  return (
    <Panel title={messages.overview.waiting}>
      <Stack gap={4}>
        {items.slice(0, SHOWN).map(({ projectId, sentence }) => (
          <TextLink key={projectId} to="/projects/$id" params={{ id: projectId }} fz="sm">
            {sentence}
          </TextLink>
        ))}
        {total > SHOWN && (
          <TextLink to="/deployments" search={{ state: 'waiting' }} fz="sm">
            {messages.overview.allWaiting(total)}
          </TextLink>
        )}
      </Stack>
    </Panel>
  );
}
