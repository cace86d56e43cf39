// Wires what looks ahead: the simulator, and incidents with their drill.
import type { Engine } from '../engine.ts';
import { createIncidents } from '../incidents/incidents.ts';
import { createSimulation } from '../simulation/simulation.ts';
import { listWaits } from '../simulation/waits.ts';
import type { Common } from './common.ts';

export function wireSimulation(common: Common): Pick<Engine, 'simulation' | 'incidents'> {
  const { stores, clock, directories } = common;
  return {
    simulation: createSimulation({
      stores,
      clock,
      directories,
      waits: () => listWaits(stores, clock.now()),
    }),
    incidents: createIncidents(common),
  };
}
