// Whether the certificate of a project is installed where it should be.
import type { Deployed } from '../../shared/deployed.ts';
import { Chip } from '../ui/chip.tsx';
import { useDeployedFace } from './use-deployed-face.ts';

/** Renders nothing for a project without deployments. */
export function DeployedChip({ deployed }: { readonly deployed: Deployed | null }) {
  return deployed === null ? null : <StateChip of={deployed} />;
}

/** The state of a project or a deployment. */
export function StateChip({ of }: { readonly of: Pick<Deployed, 'state' | 'waiting'> }) {
  return <Chip face={useDeployedFace(of)} />;
}
