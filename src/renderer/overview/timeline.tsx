// The next 90 days: planned renewals and expiries, one mark per certificate. Shown as a chart, or as an accessible list
// with links.
import { Button, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useState } from 'react';
import type { Timeline, TimelineMark } from '../../shared/overview.ts';
import { formatDay } from '../format.ts';
import { messages } from '../messages.ts';
import { DataTable, type DataTableProps } from '../ui/data-table.tsx';
import { TextLink } from '../ui/link.tsx';
import { Panel } from '../ui/panel.tsx';
import { Time } from '../ui/time.tsx';
import { useTimeZone } from '../use-time-zone.ts';
import { Chart } from './timeline-chart.tsx';
import { TimelineDay } from './timeline-day.tsx';

const text = messages.overview.timeline;
/** Short enough that the panels below stay visible. */
const ROWS = 10;

export function TimelinePanel({ timeline }: { readonly timeline: Timeline }) {
  const [listed, { toggle }] = useDisclosure(false);
  const canList = timeline.total > 0;
  return (
    <Panel
      title={text.title}
      flush={listed && canList}
      aside={
        canList && (
          <Button variant="subtle" size="compact-xs" onClick={toggle}>
            {listed ? text.chart : text.list}
          </Button>
        )
      }
    >
      <TimelineBody timeline={timeline} listed={listed && canList} />
    </Panel>
  );
}

function TimelineBody({ timeline, listed }: { readonly timeline: Timeline; readonly listed: boolean }) {
  if (timeline.total === 0) return <Text c="dimmed">{text.empty}</Text>;
  if (listed) {
    return timeline.marks === null ? <DayList days={timeline.days} /> : <MarkList marks={timeline.marks} />;
  }
  return <SelectableChart timeline={timeline} />;
}

function SelectableChart({ timeline }: { readonly timeline: Timeline }) {
  const zone = useTimeZone();
  const [selected, select] = useState<string | null>(null);
  // The day passes, and its certificates are renewed.
  const day = timeline.days.some((each) => each.day === selected) ? selected : null;
  return (
    <>
      <Chart timeline={timeline} zone={zone} day={day} onSelect={select} />
      {day !== null && <TimelineDay timeline={timeline} zone={zone} day={day} onClose={() => select(null)} />}
    </>
  );
}

/** The certificates with their dates. */
function MarkList({ marks }: { readonly marks: readonly TimelineMark[] }) {
  const { when, domain, what } = text.columns;
  return (
    <LongTable
      rows={marks}
      keyOf={({ projectId }) => projectId}
      columns={[
        { label: when, width: '20%', cell: ({ at }) => <Time at={at} as="date" /> },
        {
          label: domain,
          cell: ({ projectId, domain: name }) => (
            <TextLink to="/projects/$id" params={{ id: projectId }}>
              {name}
            </TextLink>
          ),
        },
        {
          label: what,
          width: '35%',
          cell: ({ kind }) => (kind === 'renewal' ? text.renewal : text.expiry),
        },
      ]}
    />
  );
}

/** Counts per day, if there are too many certificates to list. */
function DayList({ days }: { readonly days: Timeline['days'] }) {
  const { when, renewals, expiries } = text.columns;
  return (
    <LongTable
      rows={days}
      keyOf={({ day }) => day}
      columns={[
        { label: when, cell: ({ day }) => formatDay(day) },
        { label: renewals, cell: (day) => text.renewals(day.renewals) },
        { label: expiries, cell: (day) => text.expiries(day.expiries) },
      ]}
    />
  );
}

/** The first rows, and the others on demand: the page scrolls, not a box within it. */
function LongTable<Row>({ rows, ...table }: Omit<DataTableProps<Row>, 'label'>) {
  const [all, { open }] = useDisclosure(false);
  const shown = all ? rows : rows.slice(0, ROWS);
  return (
    <>
      <DataTable label={text.title} rows={shown} {...table} />
      {shown.length < rows.length && (
        <Button variant="subtle" size="xs" m="xs" onClick={open}>
          {text.showAll(rows.length)}
        </Button>
      )}
    </>
  );
}
