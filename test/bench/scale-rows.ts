// With many projects: startup, memory of the server, REST beside issuances, first paint of the overview.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { databasePath } from '../../src/main/storage/data-folder.ts';
import { openDatabase } from '../../src/main/storage/database.ts';
import { createStores } from '../../src/main/storage/stores.ts';
import { startPebble } from '../support/acme/pebble.ts';
import { makeManyProjects } from '../support/engine/many-projects.ts';
import { recordFirstPaint } from '../support/gui/first-paint.ts';
import { launchChromium } from '../support/gui/page.ts';
import { pebbleArgs, runCertdesk, startServer } from '../support/server/server.ts';
import { type Times, timesOf } from './measure.ts';
import { measureRest, type RestRow } from './rest-row.ts';
import { measureStart } from './start-row.ts';

/** A data folder with that many projects, removed afterwards. */
async function withFolder<T>(projects: number, work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'certdesk-bench-'));
  try {
    const database = openDatabase(databasePath(folder));
    await makeManyProjects(createStores(database.db), projects, new Date());
    await database.close();
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export interface ScaledStart {
  readonly projects: number;
  readonly start: Times;
  /** Processor time until it serves. */
  readonly startCpu: Times;
  readonly idleMb: Times;
}

export function measureScaledStart(projects: number, turns: number): Promise<ScaledStart> {
  return withFolder(projects, async (folder) => {
    await measureStart(folder, 0); // fills the compile cache
    const starts: number[] = [];
    const cpu: number[] = [];
    const idle: number[] = [];
    for (let turn = 0; turn < turns; turn += 1) {
      const { startMs, cpuMs, idleRssMb } = await measureStart(folder);
      starts.push(startMs);
      cpu.push(cpuMs);
      idle.push(idleRssMb);
    }
    return { projects, start: timesOf(starts), startCpu: timesOf(cpu), idleMb: timesOf(idle) };
  });
}

const REST_PROJECTS = 2_000;

/** At 500 requests a second, alone and during ten issuances. */
export function measureRestBeside(): Promise<RestRow> {
  return withFolder(REST_PROJECTS, async (dataFolder) => {
    const pebble = await startPebble();
    try {
      // The first ten of a hundred generated projects have no certificate, or one that the renewal check would work on.
      const withCertificate = Array.from({ length: REST_PROJECTS }, (_, n) => n).filter((n) => n % 100 >= 10);
      return await measureRest({
        dataFolder,
        projects: withCertificate.map((n) => `project-${n}`),
        args: await pebbleArgs(dataFolder, pebble),
        perSecond: 500,
        seconds: 10,
        async issue(server, token, n) {
          const project = await server.call('POST', '/projects', {
            token,
            body: { domain: `rest-${n}.test` },
          });
          const body = { challengeType: 'http-01', keyType: 'ec' };
          const path = `/projects/${project.body.id}/certificate/obtain`;
          const { status, text } = await server.call('POST', path, { token, body });
          if (status !== 200) throw new Error(text);
        },
      });
    } finally {
      await pebble.stop();
    }
  });
}

/** From the sign-in link to the first paint of the overview, each time in a new browser. */
export function measureOverview(projects: number, turns: number): Promise<Times> {
  return withFolder(projects, async (folder) => {
    const server = await startServer({ dataFolder: folder, args: ['--challenge-port', '0'] });
    const browser = await launchChromium();
    try {
      const times: number[] = [];
      for (let turn = 0; turn <= turns; turn += 1) {
        const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
        const page = await context.newPage();
        await page.addInitScript(recordFirstPaint, 'The next 90 days');
        await page.goto((await runCertdesk(['login-link', '--data-dir', folder])).trim());
        const shown = await page.evaluate(() => Reflect.get(window, 'shownAfter') as Promise<number>);
        if (turn > 0) times.push(shown);
        await context.close();
      }
      return timesOf(times);
    } finally {
      await browser.close();
      await server.stop();
    }
  });
}
