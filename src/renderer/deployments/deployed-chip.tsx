// Whether the certificate of a project is installed where it should be.
import type { Deployed } from '../../shared/deployed.ts';
import { Chip } from '../ui/chip.tsx';
import { DEPLOYED_FACES } from './faces.ts';

/** Renders nothing for a project without deployments. */
export function DeployedChip({ deployed }: { readonly deployed: Deployed | null }) {
  return deployed === null ? null : <Chip face={DEPLOYED_FACES[deployed.state]} />;
}
