// Icon, label and tone of the states of runs.
import {
  IconAlertTriangle,
  IconArrowBackUp,
  IconCircleCheck,
  IconCircleDashed,
  IconCircleX,
  IconClock,
  IconClockPause,
  IconRefresh,
} from '@tabler/icons-react';
import { RUN_STATE_LABELS, type RunState } from '../../shared/deployment-run.ts';
import type { Face } from '../ui/status-style.ts';

const run = (state: RunState, tone: Face['tone'], icon: Face['icon']): Face => ({
  tone,
  icon,
  label: RUN_STATE_LABELS[state],
});

export const RUN_FACES: Readonly<Record<RunState, Face>> = {
  pending: run('pending', 'idle', IconClockPause),
  'waiting-for-window': run('waiting-for-window', 'idle', IconClock),
  running: run('running', 'info', IconRefresh),
  deployed: run('deployed', 'ok', IconCircleCheck),
  verified: run('verified', 'ok', IconCircleCheck),
  'not-served': run('not-served', 'bad', IconAlertTriangle),
  'rolled-back': run('rolled-back', 'warn', IconArrowBackUp),
  failed: run('failed', 'bad', IconCircleX),
  unchanged: run('unchanged', 'ok', IconCircleCheck),
  cancelled: run('cancelled', 'idle', IconCircleDashed),
};
