// The next 90 days: planned renewals and expiries, one mark per certificate. Shown as a chart, or as an accessible list
// with links.
import { Button, Table, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { type ReactNode, useState } from 'react';
import type { Timeline, TimelineMark } from '../../shared/overview.ts';
import { formatDay } from '../format.ts';
import { messages } from '../messages.ts';
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
    <ListTable
      columns={[when, domain, what]}
      rows={marks.map((mark) => (
        <Table.Tr key={mark.projectId}>
          <Table.Td>
            <Time at={mark.at} as="date" />
          </Table.Td>
          <Table.Td>
            <TextLink to="/projects/$id" params={{ id: mark.projectId }}>
              {mark.domain}
            </TextLink>
          </Table.Td>
          <Table.Td>{mark.kind === 'renewal' ? text.renewal : text.expiry}</Table.Td>
        </Table.Tr>
      ))}
    />
  );
}

/** Counts per day, if there are too many certificates to list. */
function DayList({ days }: { readonly days: Timeline['days'] }) {
  const { when, renewals, expiries } = text.columns;
  return (
    <ListTable
      columns={[when, renewals, expiries]}
      rows={days.map((day) => (
        <Table.Tr key={day.day}>
          <Table.Td>{formatDay(day.day)}</Table.Td>
          <Table.Td>{text.renewals(day.renewals)}</Table.Td>
          <Table.Td>{text.expiries(day.expiries)}</Table.Td>
        </Table.Tr>
      ))}
    />
  );
}

interface ListTableProps {
  readonly columns: readonly string[];
  readonly rows: readonly ReactNode[];
}

/** The first rows, and the others on demand: the page scrolls, not a box within it. */
function ListTable({ columns, rows }: ListTableProps) {
  const [all, { open }] = useDisclosure(false);
  const shown = all ? rows : rows.slice(0, ROWS);
  return (
    <>
      <Table.ScrollContainer minWidth={420} type="native">
        <Table verticalSpacing="xs">
          <Table.Thead>
            <Table.Tr>
              {columns.map((label) => (
                <Table.Th key={label} fz="xs" c="dimmed" fw={500}>
                  {label}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>{shown}</Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {shown.length < rows.length && (
        <Button variant="subtle" size="xs" mt="xs" onClick={open}>
          {text.showAll(rows.length)}
        </Button>
      )}
    </>
  );
}
