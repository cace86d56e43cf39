// How much of a certificate's life is left, as a bar; and in days.
import { daysLeft, formatRelative, formatUtc, shareOfLife } from '../format.ts';
import { messages } from '../messages.ts';
import classes from './life.module.css';
import type { Tone } from './tone.ts';

export interface Life {
  readonly issuedAt: string;
  readonly expiresAt: string;
  readonly status: 'valid' | 'expiring_soon' | 'expired' | 'revoked';
}

const TONES: Readonly<Record<Life['status'], Tone>> = {
  valid: 'ok',
  expiring_soon: 'warn',
  expired: 'bad',
  revoked: 'bad',
};

export function LifeBar({ life, now }: { readonly life: Life; readonly now: number }) {
  const left = 1 - shareOfLife(life.issuedAt, life.expiresAt, now);
  const days = daysLeft(life.expiresAt, now);
  const words =
    days > 0
      ? messages.projects.daysLeft(days)
      : `${messages.projects.expiredAgo} ${formatRelative(life.expiresAt, now)}`;
  return (
    <div className={classes.bar} title={formatUtc(life.expiresAt)}>
      <div className={classes.track} aria-hidden>
        <div
          className={classes.fill}
          data-tone={TONES[life.status]}
          style={{ width: `${Math.max(left * 100, left > 0 ? 2 : 0)}%` }}
        />
      </div>
      <span className="numbers">{words}</span>
    </div>
  );
}
