// Icon, label and tone of the states of deployments.
import {
  IconAlertTriangle,
  IconCircleCheck,
  IconCircleDashed,
  IconCircleX,
  IconClock,
  IconHistory,
  IconPlayerPause,
  IconRefresh,
} from '@tabler/icons-react';
import { DEPLOYED_STATE_LABELS, type DeployedState } from '../../shared/deployed-states.ts';
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
  waiting: deployed('waiting', 'info', IconClock),
  paused: deployed('paused', 'warn', IconPlayerPause),
  outdated: deployed('outdated', 'warn', IconHistory),
  unknown: deployed('unknown', 'idle', IconCircleDashed),
  deployed: deployed('deployed', 'ok', IconCircleCheck),
};
