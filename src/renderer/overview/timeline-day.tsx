// The certificates of one day of the timeline. The overview has them unless there are too many; then the server is asked.
import { Button, Group, Text, Title } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { Timeline, TimelineMark } from '../../shared/overview.ts';
import { dayIn } from '../../shared/time-zone.ts';
import { useApi } from '../api.ts';
import { formatDay } from '../format.ts';
import { messages } from '../messages.ts';
import { TextLink } from '../ui/link.tsx';
import { QueryView } from '../ui/query-view.tsx';
import classes from './timeline.module.css';

const text = messages.overview.timeline;

interface TimelineDayProps {
  readonly timeline: Timeline;
  readonly zone: string;
  readonly day: string;
  onClose(): void;
}

export function TimelineDay({ timeline, zone, day, onClose }: TimelineDayProps) {
  const { marks } = timeline;
  const { renewals = 0, expiries = 0 } = timeline.days.find((each) => each.day === day) ?? {};
  return (
    <section className={classes.selected} aria-label={formatDay(day)} aria-live="polite">
      <Group justify="space-between" gap="xs">
        <Title order={3}>{formatDay(day)}</Title>
        <Button variant="subtle" size="compact-xs" onClick={onClose}>
          {messages.close}
        </Button>
      </Group>
      {marks === null ? (
        <DayOfMany day={day} total={renewals + expiries} />
      ) : (
        <Marks marks={marks.filter(({ at }) => dayIn(zone, Date.parse(at)) === day)} more={0} />
      )}
    </section>
  );
}

function DayOfMany({ day, total }: { readonly day: string; readonly total: number }) {
  const query = useQuery({
    ...useApi().overview.day.queryOptions({ day }),
    placeholderData: keepPreviousData,
  });
  return (
    <QueryView query={query} lines={3}>
      {({ marks }) => <Marks marks={marks} more={Math.max(0, total - marks.length)} />}
    </QueryView>
  );
}

function Marks({ marks, more }: { readonly marks: readonly TimelineMark[]; readonly more: number }) {
  return (
    <ul className={classes.list}>
      {marks.map(({ projectId, domain, kind }) => (
        <li key={projectId} data-kind={kind}>
          <TextLink to="/projects/$id" params={{ id: projectId }}>
            {domain}
          </TextLink>{' '}
          <Text span c="dimmed" fz="xs">
            {kind === 'renewal' ? text.renewal : text.expiry}
          </Text>
        </li>
      ))}
      {more > 0 && (
        <li>
          <Text c="dimmed" fz="xs">
            {text.more(more)}
          </Text>
        </li>
      )}
    </ul>
  );
}
