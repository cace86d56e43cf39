// Wires what looks ahead: the simulator, and incidents with their drill.
import type { Engine } from '../engine.ts';
import { createIncidents } from '../incidents/incidents.ts';
import { createSimulation } from '../simulation/simulation.ts';
import type { Common } from './common.ts';

export function wireSimulation(common: Common): Pick<Engine, 'simulation' | 'incidents'> {
  const { stores, clock, directories } = common;
  return {
    // No deployment is limited to certain times yet.
    simulation: createSimulation({ stores, clock, directories, waits: async () => [] }),
    incidents: createIncidents(common),
  };
}
