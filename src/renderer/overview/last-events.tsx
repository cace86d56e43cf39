// The latest audit log entries, newest first.
import { Text } from '@mantine/core';
import type { OverviewEvent } from '../../shared/overview.ts';
import { messages } from '../messages.ts';
import { TextLink } from '../ui/link.tsx';
import { withProject } from '../ui/names.tsx';
import { Panel } from '../ui/panel.tsx';
import { ServerText, Time } from '../ui/time.tsx';
import classes from './overview.module.css';

const text = messages.overview.events;
const SHOWN = 8;

export function LastEvents({ events }: { readonly events: readonly OverviewEvent[] }) {
  return (
    <Panel
      title={text.title}
      aside={
        <TextLink to="/activity" fz="xs">
          {text.all}
        </TextLink>
      }
      flush={events.length > 0}
    >
      {events.length === 0 ? (
        <Text c="dimmed">{text.none}</Text>
      ) : (
        <ol className={classes.events}>
          {events.slice(0, SHOWN).map((event) => (
            <li key={event.id} className={classes.event}>
              <span className={classes.eventText}>
                <EventText event={event} />
              </span>
              <Text span fz="xs" c="dimmed" style={{ flex: 'none' }}>
                <Time at={event.at} as="relative" />
              </Text>
            </li>
          ))}
        </ol>
      )}
    </Panel>
  );
}

function EventText({ event }: { readonly event: OverviewEvent }) {
  const { message, projectId, jobId, kind, project } = event;
  const words = <ServerText>{withProject(message, project)}</ServerText>;
  if (projectId === null || kind === 'project.removed') return words;
  if (jobId !== null) {
    return (
      <TextLink to="/projects/$id/jobs/$jobId" params={{ id: projectId, jobId }} c="inherit">
        {words}
      </TextLink>
    );
  }
  return (
    <TextLink to="/projects/$id" params={{ id: projectId }} c="inherit">
      {words}
    </TextLink>
  );
}
