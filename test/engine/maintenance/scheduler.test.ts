// When the next renewal check runs, with timers that the test controls.
import { pino } from 'pino';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createScheduler, type Scheduler } from '../../../src/main/engine/maintenance/scheduler.ts';
import { type Timestamp, toTimestamp } from '../../../src/shared/time.ts';
import { openTestDatabase, type TestDatabase } from '../../support/engine/database.ts';

const START = new Date('2026-02-01T00:00:00Z');

let database: TestDatabase;
let runs: number[];
let dues: Timestamp[];
let scheduler: Scheduler;
beforeEach(() => {
  vi.useFakeTimers({ now: START });
  database = openTestDatabase();
  runs = [];
  dues = [];
  scheduler = createScheduler({
    stores: database.stores,
    clock: { now: () => new Date() },
    log: pino({ level: 'silent' }),
    random: () => 0.5,
    sweep: async () => {
      runs.push((Date.now() - START.getTime()) / 1_000);
      return { begun: 0, more: false, error: null };
    },
    nextDue: async (now) => dues.filter((at) => at > now).toSorted()[0] ?? null,
  });
});
afterEach(async () => {
  scheduler?.stop();
  vi.useRealTimers();
  await database?.close();
});

const dueIn = (seconds: number) => dues.push(toTimestamp(new Date(START.getTime() + seconds * 1_000)));
const run = (seconds: number) => vi.advanceTimersByTimeAsync(seconds * 1_000);

it('runs once a minute', async () => {
  dueIn(3_600);
  scheduler.start();
  await run(125);
  expect(runs).toEqual([0, 60, 120]);
});

it('runs early for something that falls due within that minute, but not for what is due already', async () => {
  dueIn(-10);
  dueIn(30);
  dueIn(32);
  scheduler.start();
  await run(100);
  // The second of the two waits for the shortest time between two checks.
  expect(runs).toEqual([0, 30.1, 35.1, 95.1]);
});

it('runs early for something stored meanwhile that is due before the next planned run', async () => {
  scheduler.start();
  await run(20);
  dueIn(50);
  scheduler.planAgain();
  await run(20);
  scheduler.planAgain(); // another request for one delays nothing
  await run(20);
  expect(runs).toEqual([0, 50.1]);
});

it('never runs after it was stopped', async () => {
  scheduler.start();
  await run(1);
  scheduler.stop();
  dueIn(30);
  scheduler.planAgain();
  await run(300);
  expect(runs).toEqual([0]);
});
