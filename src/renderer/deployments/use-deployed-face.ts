// The face of a deployment's state; while it waits for its window, with the time at which it deploys.
import type { Deployed } from '../../shared/deployed.ts';
import { waitingSentence } from '../../shared/week.ts';
import type { Face } from '../ui/status-style.ts';
import { useNow } from '../use-now.ts';
import { useTimeZone } from '../use-time-zone.ts';
import { DEPLOYED_FACES } from './faces.ts';

export function useDeployedFace({ state, waiting }: Pick<Deployed, 'state' | 'waiting'>): Face {
  const zone = useTimeZone();
  const now = useNow(waiting === null ? 0 : undefined);
  const face = DEPLOYED_FACES[state];
  return waiting === null ? face : { ...face, label: waitingSentence(waiting, { zone, now }) };
}
