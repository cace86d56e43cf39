// The usual steps of a run that it has not reached.
import type { DeploymentRun, RunStep } from '../../shared/deployment-run.ts';

const OF_FILES: readonly RunStep[] = ['connect', 'compare', 'stage', 'swap', 'verify'];
const OF_COMMAND: readonly RunStep[] = ['connect', 'command'];

export function stepsToCome(steps: DeploymentRun['steps'], isCommand: boolean): readonly RunStep[] {
  const course = isCommand ? OF_COMMAND : OF_FILES;
  const reached = Math.max(-1, ...steps.map(({ step }) => course.indexOf(step)));
  return course.slice(reached + 1);
}
