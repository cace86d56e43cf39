// The remaining validity of a certificate as a bar and in days.
import { daysLeft, elapsedShare, formatRelative, formatUtc } from '../format.ts';
import { projects as projectTexts } from '../messages/projects.ts';
import type { Tone } from './status-style.ts';
import classes from './validity.module.css';

export interface Validity {
  readonly issuedAt: string;
  readonly expiresAt: string;
  readonly status: 'valid' | 'expiring_soon' | 'expired' | 'revoked';
}

const TONES: Readonly<Record<Validity['status'], Tone>> = {
  valid: 'ok',
  expiring_soon: 'warn',
  expired: 'bad',
  revoked: 'bad',
};

export function ValidityBar({ validity, now }: { readonly validity: Validity; readonly now: number }) {
  const left = 1 - elapsedShare(validity.issuedAt, validity.expiresAt, now);
  const days = daysLeft(validity.expiresAt, now);
  const words =
    days > 0
      ? projectTexts.daysLeft(days)
      : `${projectTexts.expiredAgo} ${formatRelative(validity.expiresAt, now)}`;
  return (
    <div className={classes.bar} title={formatUtc(validity.expiresAt)}>
      <div className={classes.track} aria-hidden>
        <div
          className={classes.fill}
          data-tone={TONES[validity.status]}
          style={{ width: `${Math.max(left * 100, left > 0 ? 2 : 0)}%` }}
        />
      </div>
      <span className="numbers">{words}</span>
    </div>
  );
}
