// One certificate by HTTP-01: Certdesk through its running server, the bare exchange, and each peer, in turn.
import type { BareClient } from './bare.ts';
import { inTurn, type Subject, type Times } from './measure.ts';
import type { KeyType, Peer } from './peers.ts';
import { startWorld, type World, type WorldOptions } from './world.ts';

export interface IssuanceRow {
  readonly keyType: KeyType;
  readonly certdesk: Times;
  /** Null if it was not measured. */
  readonly bare: Times | null;
  /** By the peer's name. */
  readonly peers: Readonly<Record<string, Times>>;
}

export interface IssuanceOptions {
  readonly keyType: KeyType;
  readonly peers: readonly Peer[];
  readonly turns: number;
  /** Whether the bare exchange is measured too; it does not handle rejected nonces. */
  readonly bare: boolean;
  readonly world?: WorldOptions;
}

export async function measureIssuance(options: IssuanceOptions): Promise<IssuanceRow> {
  const { keyType, turns } = options;
  const world = await startWorld(options.world);
  try {
    // Long-running programs are measured warm; those started for each certificate start each time.
    await warmUp(world, keyType);
    const subjects = [certdeskSubject(world, keyType)];
    if (options.bare) {
      const bare = bareSubject(world, await world.bare(keyType));
      for (let turn = 0; turn < 5; turn += 1) await bare.run(-turn - 1);
      subjects.push(bare);
    }
    for (const peer of options.peers) subjects.push(await peerSubject(world, peer, keyType));
    const times = await inTurn(subjects, turns);
    const of = (name: string): Times => {
      const found = times.get(name);
      if (found === undefined) throw new Error(`${name} was not measured`);
      return found;
    };
    const peers = Object.fromEntries(options.peers.map(({ name }) => [name, of(name)]));
    return { keyType, certdesk: of('certdesk'), bare: options.bare ? of('bare') : null, peers };
  } finally {
    await world.stop();
  }
}

const WARM_UP = 15;

async function warmUp(world: World, keyType: KeyType): Promise<void> {
  const subject = certdeskSubject(world, keyType, 'warm');
  for (let turn = 0; turn < WARM_UP; turn += 1) {
    await subject.prepare?.(turn);
    await subject.run(turn);
  }
}

function certdeskSubject(world: World, keyType: KeyType, label = 'run'): Subject {
  let id = '';
  return {
    name: 'certdesk',
    async prepare(turn) {
      id = await world.project(`${label}-${turn}.certdesk.test`);
    },
    run: () => world.obtain(id, { challengeType: 'http-01', keyType }),
  };
}

function bareSubject(world: World, bare: BareClient): Subject {
  const nameOf = (turn: number): string => `run-${turn}.bare.test`;
  return {
    name: 'bare',
    prepare: (turn) => world.point(nameOf(turn), bare),
    async run(turn) {
      if (turn < 0) await world.point(nameOf(turn), bare);
      await bare.issue(nameOf(turn));
    },
  };
}

async function peerSubject(world: World, peer: Peer, keyType: KeyType): Promise<Subject> {
  const own = await world.join(peer);
  const nameOf = (turn: number): string => `run-${turn}.${peer.name}.test`;
  return {
    name: peer.name,
    prepare: (turn) => world.point(nameOf(turn), own),
    run: (turn) => untilDone(() => peer.issue(own, nameOf(turn), keyType)),
  };
}

/** dehydrated sometimes fails on a rejected nonce, even twice: it is run again as often as its user would. */
const ATTEMPTS = 5;

/** The time of failed attempts counts. */
async function untilDone(work: () => Promise<void>, attempt = 1): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (attempt === ATTEMPTS) throw error;
    await untilDone(work, attempt + 1);
  }
}
