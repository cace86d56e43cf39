// Wires the simulator.
import type { Engine } from '../engine.ts';
import { createSimulation } from '../simulation/simulation.ts';
import type { Common } from './common.ts';

export function wireSimulation({ stores, clock, directories }: Common): Pick<Engine, 'simulation'> {
  // No deployment is limited to certain times yet.
  return { simulation: createSimulation({ stores, clock, directories, waits: async () => [] }) };
}
