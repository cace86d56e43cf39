// A year of renewals, by seed: certificates of mixed lifetimes, and faults of CAs, networks and machines.

import { CertdeskError } from '../../../src/main/engine/core/errors.ts';
import { registeredDomain } from '../../../src/main/engine/rate-limits/usage.ts';
import { ObtainRequestSchema } from '../../../src/shared/certificate.ts';
import { toTimestamp } from '../../../src/shared/time.ts';
import { checkInvariants, type Obstacle, type Verdict } from './invariants.ts';
import { createModelCa, type Entry, type ModelCa } from './model-ca.ts';
import { createWorld, type World } from './world.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const LETS_ENCRYPT = 'https://acme-v02.api.letsencrypt.org/directory';
const STAGING = 'https://acme-staging-v02.api.letsencrypt.org/directory';
/** A CA without ARI, limits and CRL. */
const PLAIN = 'https://acme.plain.example/directory';
const CRL = 'http://crl.model.example/1.crl';

/** Profile -> lifetime. `classic` becomes 64 days in mid-year, like Let's Encrypt's on 2027-02-10. */
const PROFILES = [
  ['classic', 90 * DAY],
  ['d64', 64 * DAY],
  ['d47', 47 * DAY],
  ['tlsserver', 45 * DAY],
  ['shortlived', 160 * HOUR],
] as const;

export interface YearOptions {
  readonly seed: number;
  readonly certificates: number;
  /** One in so many is a six-day certificate. */
  readonly shortlivedEvery: number;
  readonly kills: number;
  readonly stepMs: number;
}

export interface YearReport extends Verdict {
  readonly renewalChecks: number;
  readonly kills: number;
  readonly orders: number;
  readonly reusedOrders: number;
  readonly failedValidations: number;
  readonly revoked: number;
  readonly seconds: number;
}

/** mulberry32 */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

interface ScheduledEvent {
  readonly at: number;
  act(): Promise<void> | void;
}

export async function runYear(options: YearOptions): Promise<YearReport> {
  const began = performance.now();
  const random = seeded(options.seed);
  const begin = Date.parse('2026-09-01T00:00:00Z'); // both clock changes lie within the year
  const profiles = new Map<string, number>(PROFILES);
  const world = await createWorld({
    begin,
    random,
    stepMs: options.stepMs,
    cas: (world) => models(world, profiles),
    crl: ([first]) => first?.crl() ?? Buffer.alloc(0),
  });
  const [letsEncrypt, staging, plain] = world.cas;
  if (letsEncrypt === undefined || staging === undefined || plain === undefined) throw new Error('no CAs');
  const obstacles: Obstacle[] = [];
  const at = (days: number) => begin + days * DAY;
  const schedule: ScheduledEvent[] = [];
  const on = (days: number, act: ScheduledEvent['act']) => void schedule.push({ at: at(days), act });
  const inUse = () =>
    letsEncrypt.entries.filter(({ replacedBy, to }) => replacedBy === null && to > world.now);

  // For the invariants.
  await world.engine.settings.update({ renewals: { keepVersionsDays: 3_650 } });
  await enrol(world, options, { random, begin, schedule });

  // The CA is unavailable for three days.
  on(60, () => {
    letsEncrypt.failing = () => down();
    obstacles.push({ from: at(60), to: at(63), tail: 7 * HOUR });
  });
  on(63, () => {
    letsEncrypt.failing = null;
  });
  // Some windows move to the coming days.
  on(95, () => {
    for (const entry of inUse()) if (random() < 0.3) move(entry, world.now + 2 * DAY, world.now + 5 * DAY);
  });
  // A mass revocation, announced by windows in the past, and carried out a day and a half later.
  on(120, () => {
    const informed = inUse().filter(() => random() < 0.3);
    for (const entry of informed) move(entry, world.now - 2 * DAY, world.now - DAY);
    on(121.5, () => {
      for (const entry of informed) if (entry.replacedBy === null) letsEncrypt.revoke(entry, 1);
    });
  });
  // Some are revoked without notice.
  on(130, () => {
    for (const entry of inUse()) if (random() < 0.05) letsEncrypt.revoke(entry, 1);
  });
  on(150, async () => {
    const until = toTimestamp(new Date(at(152)));
    await world.engine.settings.update({ renewals: { pausedUntil: until } });
    obstacles.push({ from: at(150), to: at(152), tail: HOUR });
  });
  on(152, () => undefined); // an immediate check
  on(182, () => void profiles.set('classic', 64 * DAY));
  on(200, () => world.sleepUntil(at(214)));
  on(230, () => {
    world.skew = HOUR;
  });
  on(230.3, () => {
    world.skew = -HOUR;
  });
  on(230.6, () => {
    world.skew = 26 * HOUR;
  });
  on(231, () => {
    world.skew = -26 * HOUR;
  });
  on(231.4, () => {
    world.skew = 0;
  });
  obstacles.push({ from: at(231), to: at(231.4), tail: HOUR });
  // Port 80 of a tenth of the names is closed for two days.
  const shut = (name: string) => [...name].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % 10 === 0;
  on(260, () => {
    world.reachable = (name) => !shut(name);
    obstacles.push({ from: at(260), to: at(262), tail: 7 * HOUR, names: shut });
  });
  on(262, () => {
    world.reachable = () => true;
  });
  // An overloaded CA: a third of its requests fail, for half a day.
  on(280, () => {
    letsEncrypt.failing = () => (random() < 0.3 ? down() : null);
    obstacles.push({ from: at(280), to: at(280.5), tail: 7 * HOUR });
  });
  on(280.5, () => {
    letsEncrypt.failing = null;
  });
  for (let n = 0; n < options.kills; n += 1)
    on(42 + random() * 320, () => world.killIn(1 + Math.floor(random() * 400)));

  await live(world, schedule, at(365));
  const verdict = await checkInvariants(
    { world, cas: [letsEncrypt, staging, plain], obstacles, ahead: 26 * HOUR },
    begin,
  );
  const { renewalChecks, kills } = world.counts;
  await world.end();
  const all = [letsEncrypt, staging, plain];
  const sum = (of: (ca: ModelCa) => number) => all.reduce((total, ca) => total + of(ca), 0);
  return {
    ...verdict,
    renewalChecks,
    kills,
    orders: sum(({ counts }) => counts.orders),
    reusedOrders: sum(({ counts }) => counts.reused),
    failedValidations: sum(({ counts }) => counts.failures),
    revoked: sum(({ entries }) => entries.filter(({ revoked }) => revoked !== null).length),
    seconds: Math.round((performance.now() - began) / 100) / 10,
  };
}

function models(
  world: Pick<World, 'now' | 'served' | 'reachable'>,
  profiles: Map<string, number>,
): readonly ModelCa[] {
  const common = {
    now: () => world.now,
    serve: (name: string, token: string) => (world.reachable(name) ? world.served(token) : null),
    profiles,
  };
  return [
    createModelCa({
      ...common,
      directoryUrl: LETS_ENCRYPT,
      limits: true,
      ari: true,
      crlUrl: CRL,
      reuseMs: 7 * HOUR,
      retryAfterMs: DAY,
    }),
    createModelCa({
      ...common,
      directoryUrl: STAGING,
      limits: false,
      ari: true,
      crlUrl: null,
      reuseMs: 0,
      retryAfterMs: DAY,
    }),
    createModelCa({
      ...common,
      directoryUrl: PLAIN,
      limits: false,
      ari: false,
      crlUrl: null,
      reuseMs: 0,
      retryAfterMs: DAY,
    }),
  ];
}

const down = () =>
  new CertdeskError('ACME_UNAVAILABLE', 'The CA (model) is failing: HTTP 503. Try again later.');

function move(entry: Entry, start: number, end: number): void {
  entry.window = { start, end, url: 'https://model.example/incident' };
}

/** All are obtained in the first forty days, some hundred of them within an hour. */
async function enrol(
  world: World,
  { certificates, shortlivedEvery }: YearOptions,
  { random, begin, schedule }: { random: () => number; begin: number; schedule: ScheduledEvent[] },
): Promise<void> {
  const long = PROFILES.slice(0, -1);
  for (let n = 0; n < certificates; n += 1) {
    const domain = `h${n}.d${n % Math.ceil(certificates / 12)}.example`;
    const shortlived = n % shortlivedEvery === 0;
    const profile = shortlived ? 'shortlived' : long[n % long.length]?.[0];
    const ca = n % 8 === 7 ? PLAIN : 'letsencrypt';
    const days = n % 5 === 0 ? 1 + random() / 24 : random() * 40;
    schedule.push({
      at: begin + days * DAY,
      async act() {
        const project = await world.engine.projects.create({ name: domain, domain, altNames: [] });
        const body = ObtainRequestSchema.parse({ challengeType: 'http-01', keyType: 'ec', profile, ca });
        const call = { by: null, respondAsync: false, idempotencyKey: null };
        await world.engine.issuance.obtain(project.id, body, call);
      },
    });
  }
  if (registeredDomain('h1.d1.example') !== 'd1.example')
    throw new Error('the domains are not as they were meant');
}

async function live(world: World, schedule: ScheduledEvent[], end: number): Promise<void> {
  for (;;) {
    schedule.sort((a, b) => a.at - b.at);
    const next = schedule.shift();
    if (next === undefined || next.at > end) break;
    await world.runUntil(next.at);
    world.killIn(Number.POSITIVE_INFINITY);
    await next.act();
  }
  await world.runUntil(end);
  await world.checkRenewals();
}
