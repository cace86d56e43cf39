// A state as icon, word and colour.
import type { messages } from '../messages.ts';
import { type Face, STATUS_FACES } from './tone.ts';
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

/** The state of a project's certificate; null: it has none. */
export function StatusChip({ certificate }: { readonly certificate: StatusOf | null }) {
  return <Chip face={STATUS_FACES[certificate?.status ?? 'none']} />;
}
