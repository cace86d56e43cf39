// Times in the page's locale, with the exact UTC time on hover.
import { Fragment } from 'react';
import {
  formatClock,
  formatDate,
  formatDateTime,
  formatRelative,
  formatUtc,
  splitTimestamps,
} from '../format.ts';
import { useNow } from '../use-now.ts';
import { useTimeZone } from '../use-time-zone.ts';

export type TimeStyle = 'date' | 'datetime' | 'clock' | 'relative';

const FORMATS = { date: formatDate, datetime: formatDateTime, clock: formatClock };

export function Time({ at, as = 'datetime' }: { readonly at: string; readonly as?: TimeStyle }) {
  useTimeZone();
  if (as === 'relative') return <Relative at={at} />;
  return (
    <time dateTime={at} title={formatUtc(at)}>
      {FORMATS[as](at)}
    </time>
  );
}

function Relative({ at }: { readonly at: string }) {
  // `now` may be half a minute old: a recent time must not appear as a future one.
  const now = Math.max(useNow(), Date.now());
  return (
    <time dateTime={at} title={`${formatDateTime(at)} · ${formatUtc(at)}`}>
      {formatRelative(at, now)}
    </time>
  );
}

/** A server text with its timestamps formatted in the page's locale. */
export function ServerText({ children }: { readonly children: string }) {
  return splitTimestamps(children).map(({ text, at, start }) => (
    <Fragment key={start}>{at ? <Time at={text} /> : text}</Fragment>
  ));
}
