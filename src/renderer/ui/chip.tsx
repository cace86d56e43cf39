// A state as icon, label and colour.
import type { messages } from '../messages.ts';
import { type Face, STATUS_FACES } from './status-style.ts';
import classes from './ui.module.css';

export function Chip({ face }: { readonly face: Face }) {
  const { icon: Icon, tone, label } = face;
  return (
    <span className={`${classes.chip} ${classes[tone]}`}>
      <Icon size={14} stroke={2} aria-hidden />
      {label}
    </span>
  );
}

export interface StatusOf {
  readonly status: keyof typeof messages.status;
  readonly staging?: true | undefined;
}

export interface StatusChipProps {
  /** Null if there is no certificate. */
  readonly certificate: StatusOf | null;
  /** A name of the project that the certificate does not cover. */
  readonly uncovered?: string | null;
}

/** The state of a project's certificate. A certificate that does not cover all names is not shown as valid. */
export function StatusChip({ certificate, uncovered = null }: StatusChipProps) {
  const status = certificate?.status ?? 'none';
  return <Chip face={STATUS_FACES[status === 'valid' && uncovered !== null ? 'uncovered' : status]} />;
}
