// A message within the page, in one of five tones.
import type { ReactNode } from 'react';
import { TONE_ICONS, type Tone } from './status-style.ts';
import classes from './ui.module.css';

export interface NoticeProps {
  readonly tone: Tone;
  readonly title?: ReactNode;
  readonly children?: ReactNode;
  /** Content at the right, such as a button. */
  readonly aside?: ReactNode;
  /** `alert` is announced at once by screen readers; for new errors. */
  readonly role?: 'alert' | 'status' | undefined;
}

export function Notice({ tone, title, children, aside, role }: NoticeProps) {
  const Icon = TONE_ICONS[tone];
  return (
    <div className={`${classes.notice} ${classes[tone]}`} role={role}>
      <Icon size={18} stroke={2} aria-hidden />
      <div className={classes.noticeBody}>
        {title !== undefined && <div className={classes.noticeTitle}>{title}</div>}
        {children}
      </div>
      {aside}
    </div>
  );
}
