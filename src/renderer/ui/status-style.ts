// The five tones for states, and the icon, label and tone of each certificate and job state.
import {
  type Icon,
  IconAlertTriangle,
  IconBan,
  IconCircleCheck,
  IconCircleDashed,
  IconCircleX,
  IconClock,
  IconClockPause,
  IconFlask,
  IconInfoCircle,
  IconRefresh,
} from '@tabler/icons-react';
import type { JobState } from '../../shared/job.ts';
import { messages } from '../messages.ts';

export type Tone = 'ok' | 'warn' | 'bad' | 'idle' | 'info';

export interface Face {
  readonly tone: Tone;
  readonly icon: Icon;
  readonly label: string;
}

const { status, jobState } = messages;

/** Icons and labels differ too: colour alone never conveys a state. */
export const STATUS_FACES = {
  valid: { tone: 'ok', icon: IconCircleCheck, label: status.valid },
  expiring_soon: { tone: 'warn', icon: IconClock, label: status.expiring_soon },
  expired: { tone: 'bad', icon: IconCircleX, label: status.expired },
  revoked: { tone: 'bad', icon: IconBan, label: status.revoked },
  none: { tone: 'idle', icon: IconCircleDashed, label: status.none },
  failing: { tone: 'warn', icon: IconAlertTriangle, label: status.failing },
  uncovered: { tone: 'warn', icon: IconAlertTriangle, label: status.uncovered },
  notObtained: { tone: 'warn', icon: IconAlertTriangle, label: status.notObtained },
  staging: { tone: 'info', icon: IconFlask, label: status.staging },
} as const satisfies Record<string, Face>;

export const JOB_FACES = {
  queued: { tone: 'idle', icon: IconClockPause, label: jobState.queued },
  running: { tone: 'info', icon: IconRefresh, label: jobState.running },
  succeeded: { tone: 'ok', icon: IconCircleCheck, label: jobState.succeeded },
  failed: { tone: 'bad', icon: IconCircleX, label: jobState.failed },
} as const satisfies Record<JobState, Face>;

export const TONE_ICONS: Readonly<Record<Tone, Icon>> = {
  ok: IconCircleCheck,
  warn: IconAlertTriangle,
  bad: IconCircleX,
  idle: IconInfoCircle,
  info: IconInfoCircle,
};
