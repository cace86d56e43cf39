// The rows of npm run bench about deployments.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { presentDeployments } from '../../src/main/engine/deploy/present.ts';
import { openDatabase } from '../../src/main/storage/database.ts';
import { createStores } from '../../src/main/storage/stores.ts';
import { makeManyDeployments } from '../support/engine/many-deployments.ts';
import { measure } from './database-rows.ts';
import { measureDeploy } from './deploy-row.ts';
import { measureFleet } from './fleet-row.ts';
import { measureRollout } from './rollout-row.ts';
import type { Bench } from './rows.ts';
import { ms, timesText } from './table.ts';

const DEPLOYMENTS = 10_000;
const TURNS = 21;

/** A page of 50 with the last run on each host, and the counts by state, as GET /deployments answers. */
export const deployments: Bench = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'certdesk-bench-'));
  const database = openDatabase(join(folder, 'certdesk.db'));
  try {
    const stores = createStores(database.db, database.reads);
    await makeManyDeployments(stores, DEPLOYMENTS);
    const ask = async () => {
      const page = await stores.deployments.list({ projectIds: null, limit: 50 });
      await presentDeployments(stores, page.items);
      await stores.deployments.count({ projectIds: null });
    };
    const result = await measure(['deployments', ask], TURNS);
    const row = {
      work: '10,000 deployments listed and counted by state',
      measured: `${ms(result.medianMs)} ms`,
      beside: `${ms(result.minMs)} to ${ms(result.maxMs)} ms`,
      target: 'under 20 ms',
      met: result.medianMs < 20,
    };
    return { rows: [row], result };
  } finally {
    await database.close();
    await rm(folder, { recursive: true });
  }
};

export const deploy: Bench = async ({ turns }) => {
  const result = await measureDeploy(turns);
  const ratio = result.certdesk.medianMs / result.scp.medianMs;
  const row = {
    work: 'four files deployed by SSH, without a reload',
    measured: `${timesText(result.certdesk)}: ${ratio.toFixed(2)} times`,
    beside: `scp of the same files and ssh true ${timesText(result.scp)}`,
    target: 'within 1.5 times',
    met: ratio <= 1.5,
  };
  return { rows: [row], result };
};

const HOSTS = 100;
/** The shell loop takes half a minute. */
const FLEET_TURNS = 3;

export const fleet: Bench = async ({ turns }) => {
  const result = await measureFleet(HOSTS, Math.min(turns, FLEET_TURNS));
  const { certdesk, loop, extraMb } = result;
  const ratio = loop.medianMs / certdesk.medianMs;
  const row = {
    work: `a renewed certificate on ${HOSTS} hosts by SSH, 10 in parallel, with a reload of 100 ms`,
    measured: `${timesText(certdesk)}: ${ratio.toFixed(1)} times faster`,
    beside: `a shell loop of scp and ssh ${timesText(loop)}`,
    target: '5 times faster',
    met: ratio >= 5,
  };
  const memory = {
    work: `memory that deployments on ${HOSTS} hosts add`,
    measured: `${Math.round(extraMb)} MB at most`,
    beside: '',
    target: 'under 150 MB',
    met: extraMb < 150,
  };
  return { rows: [row, memory], result };
};

const ROLLOUT_HOSTS = 50;
const ROLLOUT_TARGET_MS = 10_000;

export const rollout: Bench = async ({ turns }) => {
  const result = await measureRollout(ROLLOUT_HOSTS, turns);
  const { certdesk, canaryMs, cpuMs, hostsCpuMs } = result;
  const row = {
    work: `a renewed wildcard on ${ROLLOUT_HOSTS} hosts by SSH, the canary first, with a reload of 100 ms`,
    measured: `${timesText(certdesk)}, the canary after ${Math.round(canaryMs)} ms; ${Math.round(cpuMs)} ms of processor time, and ${Math.round(hostsCpuMs)} ms of the hosts`,
    beside: '',
    target: 'under 10 s',
    met: certdesk.medianMs < ROLLOUT_TARGET_MS,
  };
  return { rows: [row], result };
};
