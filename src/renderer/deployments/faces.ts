// Icon, label and tone of the states of deployments and runs.
import {
  IconAlertTriangle,
  IconArrowBackUp,
  IconCircleCheck,
  IconCircleDashed,
  IconCircleX,
  IconClock,
  IconClockPause,
  IconHistory,
  IconPlayerPause,
  IconRefresh,
} from '@tabler/icons-react';
import { DEPLOYED_STATE_LABELS, type DeployedState } from '../../shared/deployed.ts';
import { RUN_STATE_LABELS, type RunState } from '../../shared/deployment-run.ts';
import type { Face } from '../ui/status-style.ts';

const deployed = (state: DeployedState, tone: Face['tone'], icon: Face['icon']): Face => ({
  tone,
  icon,
  label: DEPLOYED_STATE_LABELS[state],
});

export const DEPLOYED_FACES: Readonly<Record<DeployedState, Face>> = {
  failed: deployed('failed', 'bad', IconCircleX),
  'not-served': deployed('not-served', 'bad', IconAlertTriangle),
  deploying: deployed('deploying', 'info', IconRefresh),
  paused: deployed('paused', 'warn', IconPlayerPause),
  outdated: deployed('outdated', 'warn', IconHistory),
  unknown: deployed('unknown', 'idle', IconCircleDashed),
  deployed: deployed('deployed', 'ok', IconCircleCheck),
};

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
