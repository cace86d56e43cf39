// Icon, label and tone of the states of endpoints and of what clients are given.
import {
  IconAlertTriangle,
  IconCircleCheck,
  IconCircleDashed,
  IconCircleX,
  IconQuestionMark,
} from '@tabler/icons-react';
import type { EndpointState } from '../../shared/endpoint-record.ts';
import type { Served } from '../../shared/served.ts';
import { endpoints as endpointTexts } from '../messages/endpoints.ts';
import type { Face } from '../ui/status-style.ts';

const { states, served } = endpointTexts;

export const ENDPOINT_FACES = {
  new: { tone: 'idle', icon: IconCircleDashed, label: states.new },
  ok: { tone: 'ok', icon: IconCircleCheck, label: states.ok },
  warning: { tone: 'warn', icon: IconAlertTriangle, label: states.warning },
  problem: { tone: 'bad', icon: IconCircleX, label: states.problem },
  unknown: { tone: 'idle', icon: IconQuestionMark, label: states.unknown },
} as const satisfies Record<EndpointState, Face>;

export const SERVED_FACES = {
  current: { tone: 'ok', icon: IconCircleCheck, label: served.short.current },
  partly: { tone: 'warn', icon: IconAlertTriangle, label: served.short.partly },
  old: { tone: 'warn', icon: IconAlertTriangle, label: served.short.old },
  problem: { tone: 'bad', icon: IconCircleX, label: served.short.problem },
  unknown: { tone: 'idle', icon: IconQuestionMark, label: served.short.unknown },
} as const satisfies Record<Served['state'], Face>;
