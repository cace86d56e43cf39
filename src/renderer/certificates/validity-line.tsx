// The validity of a certificate as a timeline: issue date, today, renewal window and expiry.
import { elapsedShare, formatDate, formatUtc } from '../format.ts';
import { certificates as certificateTexts } from '../messages/certificates.ts';
import { useTimeZone } from '../use-time-zone.ts';
import classes from './validity-line.module.css';

const text = certificateTexts.validity;

export interface ValidityLineProps {
  readonly issuedAt: string;
  readonly expiresAt: string;
  /** Null if the certificate does not renew automatically. */
  readonly renewAt: string | null;
  readonly now: number;
}

export function ValidityLine({ issuedAt, expiresAt, renewAt, now }: ValidityLineProps) {
  const percentOf = (at: number) => elapsedShare(issuedAt, expiresAt, at) * 100;
  const today = percentOf(now);
  const renewal = renewAt === null ? null : percentOf(Date.parse(renewAt));
  return (
    <div className={classes.line}>
      <div className={classes.above}>
        <span className={classes.label} style={labelAt(today)}>
          {text.today}
        </span>
      </div>
      <div className={classes.track} role="img" aria-label={text.label(Math.round(today))}>
        <div className={classes.past} style={{ width: `${today}%` }} />
        {renewal !== null && <div className={classes.window} style={{ left: `${renewal}%` }} />}
        {renewal !== null && <div className={classes.mark} style={{ left: `${renewal}%` }} />}
        <div className={classes.today} style={{ left: `${today}%` }} />
      </div>
      <div className={classes.below}>
        <Label name={text.issued} at={issuedAt} percent={0} />
        {renewAt !== null && renewal !== null && (
          <div className={classes.renewal}>
            <Label name={text.renewal} at={renewAt} percent={renewal} />
          </div>
        )}
        <Label name={text.expires} at={expiresAt} percent={100} />
      </div>
    </div>
  );
}

function Label({
  name,
  at,
  percent,
}: {
  readonly name: string;
  readonly at: string;
  readonly percent: number;
}) {
  useTimeZone();
  return (
    <div className={classes.label} style={labelAt(percent)}>
      <div className={classes.name}>{name}</div>
      <time dateTime={at} title={formatUtc(at)}>
        {formatDate(at)}
      </time>
    </div>
  );
}

/** Aligns the labels at both ends so that they stay within the timeline. */
function labelAt(percent: number) {
  return { left: `${percent}%`, transform: `translateX(-${percent}%)` };
}
