// The next 90 days: planned renewals and expiries, one mark per certificate. Shown as a chart, or as an accessible list
// with links.
import { Button, ScrollArea, Table, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { ReactNode } from 'react';
import type { Timeline, TimelineMark } from '../../shared/overview.ts';
import { formatDay } from '../format.ts';
import { messages } from '../messages.ts';
import { TextLink } from '../ui/link.tsx';
import { Panel } from '../ui/panel.tsx';
import { Time } from '../ui/time.tsx';
import { useTimeZone } from '../use-time-zone.ts';
import classes from './overview.module.css';
import { type Column, columnsOf, DAYS, monthsOf, totals } from './timeline-days.ts';

const text = messages.overview.timeline;
const WIDTH = 910;
const HEIGHT = 120;
const STEP = WIDTH / (DAYS + 1);
const MARK = 8;
/** Days with more marks than this are drawn as one bar. */
const SINGLE = Math.floor(HEIGHT / (MARK + 2));

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
  return <Chart timeline={timeline} />;
}

function Chart({ timeline }: { readonly timeline: Timeline }) {
  const zone = useTimeZone();
  const columns = columnsOf(timeline, zone);
  const tallest = Math.max(...columns.map(({ renewals, expiries }) => renewals + expiries));
  const { renewals, expiries } = totals(timeline.days);
  const words = { renewals: text.renewals(renewals), expiries: text.expiries(expiries) };
  return (
    <figure className={classes.figure}>
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT + 22}`}
        className={classes.chart}
        role="img"
        aria-label={text.label(words.renewals, words.expiries)}
      >
        <line x1={0} x2={WIDTH} y1={HEIGHT + 1} y2={HEIGHT + 1} className={classes.axis} />
        <text x={0} y={HEIGHT + 17} className={classes.tick}>
          {text.today}
        </text>
        {monthsOf(timeline.from, zone).map(({ offset, at }) => (
          <g key={at}>
            <line x1={offset * STEP} x2={offset * STEP} y1={0} y2={HEIGHT + 5} className={classes.month} />
            <text x={offset * STEP} y={HEIGHT + 17} textAnchor="middle" className={classes.tick}>
              {formatDay(at)}
            </text>
          </g>
        ))}
        {columns.map((column) => (
          <Marks key={column.day} column={column} tallest={tallest} />
        ))}
      </svg>
      <figcaption className={classes.legend}>
        <span data-kind="renewal">
          {text.renewal}: {words.renewals}
        </span>
        <span data-kind="expiry">
          {text.expiry}: {words.expiries}
        </span>
      </figcaption>
    </figure>
  );
}

/** Expiries are at the bottom, where they stand out. */
function Marks({ column, tallest }: { readonly column: Column; readonly tallest: number }) {
  const { offset, day, renewals, expiries } = column;
  const all = renewals + expiries;
  const unit = Math.min(MARK + 2, HEIGHT / Math.max(tallest, 1));
  const gap = all <= SINGLE && unit > 4 ? 2 : 0;
  const title = `${formatDay(day)}: ${text.renewals(renewals)}, ${text.expiries(expiries)}`;
  const bars =
    gap === 0
      ? [
          { kind: 'expiry', from: 0, count: expiries },
          { kind: 'renewal', from: expiries, count: renewals },
        ]
      : Array.from({ length: all }, (_, at) => ({
          kind: at < expiries ? 'expiry' : 'renewal',
          from: at,
          count: 1,
        }));
  return (
    <g>
      <title>{title}</title>
      {bars
        .filter(({ count }) => count > 0)
        .map(({ kind, from, count }) => (
          <rect
            key={from}
            className={classes.mark}
            data-kind={kind}
            x={offset * STEP + 1}
            width={STEP - 2}
            y={HEIGHT - (from + count) * unit + gap}
            height={Math.max(1, count * unit - gap)}
            rx={gap === 0 ? 0 : 2}
          />
        ))}
    </g>
  );
}

/** The certificates with their dates. */
function MarkList({ marks }: { readonly marks: readonly TimelineMark[] }) {
  const { when, domain, what } = text.columns;
  return (
    <ListTable columns={[when, domain, what]}>
      {marks.map((mark) => (
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
    </ListTable>
  );
}

/** Counts per day, if there are too many certificates to list. */
function DayList({ days }: { readonly days: Timeline['days'] }) {
  const { when, renewals, expiries } = text.columns;
  return (
    <ListTable columns={[when, renewals, expiries]}>
      {days.map((day) => (
        <Table.Tr key={day.day}>
          <Table.Td>{formatDay(day.day)}</Table.Td>
          <Table.Td>{text.renewals(day.renewals)}</Table.Td>
          <Table.Td>{text.expiries(day.expiries)}</Table.Td>
        </Table.Tr>
      ))}
    </ListTable>
  );
}

interface ListTableProps {
  readonly columns: readonly string[];
  readonly children: ReactNode;
}

function ListTable({ columns, children }: ListTableProps) {
  return (
    <ScrollArea.Autosize mah={320} type="auto" viewportProps={{ tabIndex: 0 }}>
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
          <Table.Tbody>{children}</Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </ScrollArea.Autosize>
  );
}
