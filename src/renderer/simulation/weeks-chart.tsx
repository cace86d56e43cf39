// The chart of automatic renewals in the next weeks: with the lifetimes of today, and with the simulated one.
import type { Simulation } from '../../shared/simulation.ts';
import { formatDay, formatNumber, formatShortDay } from '../format.ts';
import { simulation as texts } from '../messages/simulation.ts';
import timeline from '../overview/timeline.module.css';
import { axisEnd } from '../overview/timeline-days.ts';
import classes from './simulation.module.css';

const text = texts.chart;
const DAY_MS = 86_400_000;
/** Every fourth week has a label. */
const LABELLED = 4;

const sum = (weeks: readonly number[]): number => weeks.reduce((total, week) => total + week, 0);

export function WeeksChart({ today, simulated, firstDay, lifetimeDays }: Simulation) {
  const end = axisEnd(Math.max(...today.weeks, ...simulated.weeks));
  const dayOf = (week: number): string =>
    new Date(Date.parse(firstDay) + week * 7 * DAY_MS).toISOString().slice(0, 10);
  const weeks = simulated.weeks.map((count, week) => ({
    count,
    before: today.weeks[week] ?? 0,
    day: dayOf(week),
  }));
  const share = 100 / weeks.length;
  const words = {
    today: `${text.today}: ${text.total(sum(today.weeks))}`,
    simulated: `${text.simulated(lifetimeDays)}: ${text.total(sum(simulated.weeks))}`,
  };
  return (
    <figure className={timeline.figure}>
      <div className={timeline.chart}>
        <div className={timeline.counts} aria-hidden>
          {[end, end / 2, 0].map((count) => (
            <span key={count}>{formatNumber(count)}</span>
          ))}
        </div>
        <div className={timeline.plot} role="img" aria-label={text.label(words.today, words.simulated)}>
          {weeks.map(({ day, count, before }, week) => (
            <span
              key={day}
              className={classes.week}
              style={{ left: `${week * share}%`, width: `${share}%` }}
              title={text.week(formatDay(day), before, count)}
            >
              <span
                className={classes.bar}
                data-kind="today"
                style={{ height: `${(100 * before) / end}%` }}
              />
              <span className={classes.bar} style={{ height: `${(100 * count) / end}%` }} />
            </span>
          ))}
        </div>
        <div className={timeline.ticks} aria-hidden>
          {weeks.map(({ day }, week) =>
            week % LABELLED === 0 ? (
              <span
                key={day}
                data-edge={week === 0 ? 'start' : undefined}
                data-month={week % (2 * LABELLED) === 0}
                style={{ left: `${week * share}%` }}
              >
                {formatShortDay(day)}
              </span>
            ) : null,
          )}
        </div>
      </div>
      <figcaption className={`${timeline.legend} ${classes.legend}`}>
        <span data-kind="today">{words.today}</span>
        <span data-kind="simulated">{words.simulated}</span>
      </figcaption>
    </figure>
  );
}
