// The chart of the next 90 days with its axes. A day is selected with the pointer, or with the arrow keys: the chart is one
// stop of the Tab key.
import { type KeyboardEvent, useRef, useState } from 'react';
import type { Timeline } from '../../shared/overview.ts';
import { formatDay, formatNumber, formatShortDay } from '../format.ts';
import { messages } from '../messages.ts';
import classes from './timeline.module.css';
import { areaOf, axisEnd, type Column, columnsOf, DAYS, ticksOf, totals } from './timeline-days.ts';

const text = messages.overview.timeline;
/** In percent of the width. */
const position = (days: number): string => `${(100 * days) / (DAYS + 1)}%`;

export interface ChartProps {
  readonly timeline: Timeline;
  readonly zone: string;
  /** The selected day; null if none is. */
  readonly day: string | null;
  onSelect(day: string | null): void;
}

export function Chart({ timeline, zone, day, onSelect }: ChartProps) {
  const columns = columnsOf(timeline, zone);
  const end = axisEnd(Math.max(...columns.map(({ renewals, expiries }) => renewals + expiries)));
  const { renewals, expiries } = totals(timeline.days);
  const words = { renewals: text.renewals(renewals), expiries: text.expiries(expiries) };
  return (
    <figure className={classes.figure}>
      <div className={classes.chart}>
        <div className={classes.counts} aria-hidden>
          {[end, end / 2, 0].map((count) => (
            <span key={count}>{formatNumber(count)}</span>
          ))}
        </div>
        <Plot
          columns={columns}
          end={end}
          label={text.label(words.renewals, words.expiries)}
          day={day}
          onSelect={onSelect}
        />
        <div className={classes.ticks} aria-hidden>
          <span data-edge="start">{text.today}</span>
          {ticksOf(timeline.from, zone).map(({ offset, day: at, isMonth }) => (
            <span key={at} data-month={isMonth} style={{ left: position(offset + 0.5) }}>
              {formatShortDay(at)}
            </span>
          ))}
        </div>
      </div>
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

interface PlotProps extends Pick<ChartProps, 'day' | 'onSelect'> {
  readonly columns: readonly Column[];
  readonly end: number;
  readonly label: string;
}

function Plot({ columns, end, label, day, onSelect }: PlotProps) {
  const plot = useRef<HTMLFieldSetElement>(null);
  const [focused, setFocused] = useState(0);
  const stop = Math.min(focused, columns.length - 1);
  const onKeyDown = (event: KeyboardEvent): void => {
    const to = { ArrowRight: stop + 1, ArrowLeft: stop - 1, Home: 0, End: columns.length - 1 }[event.key];
    if (to === undefined || to < 0 || to >= columns.length) return;
    event.preventDefault();
    setFocused(to);
    plot.current?.querySelectorAll('button')[to]?.focus();
  };
  return (
    <fieldset ref={plot} className={classes.plot} aria-label={label} onKeyDown={onKeyDown}>
      {columns.map((column, index) => {
        const { start, end: until } = areaOf(columns, index);
        const words = text.day(
          formatDay(column.day),
          text.renewals(column.renewals),
          text.expiries(column.expiries),
        );
        return (
          <button
            key={column.day}
            type="button"
            className={classes.day}
            style={{ left: position(start), width: position(until - start) }}
            tabIndex={index === stop ? 0 : -1}
            aria-label={words}
            title={words}
            aria-pressed={column.day === day}
            onFocus={() => setFocused(index)}
            onClick={() => onSelect(column.day === day ? null : column.day)}
          >
            <span
              className={classes.marks}
              style={{
                left: `${(100 * (column.offset - start)) / (until - start)}%`,
                width: `${100 / (until - start)}%`,
              }}
            >
              <Bar kind="renewal" share={column.renewals / end} />
              <Bar kind="expiry" share={column.expiries / end} />
            </span>
          </button>
        );
      })}
    </fieldset>
  );
}

/** Expiries are at the bottom, where they stand out. */
function Bar({ kind, share }: { readonly kind: 'renewal' | 'expiry'; readonly share: number }) {
  if (share === 0) return null;
  return <span className={classes.bar} data-kind={kind} style={{ height: `${100 * share}%` }} />;
}
