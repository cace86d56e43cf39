// Requests to the CA for one certificate, after the account exists: counted by a proxy that each client uses.
import type { Peer } from './peers.ts';
import { startWorld } from './world.ts';

export interface RequestsRow {
  /** By name: Certdesk and each peer. */
  readonly counts: Readonly<Record<string, number>>;
  /** Certdesk's, in order. */
  readonly paths: readonly string[];
}

export async function countRequests(peers: readonly Peer[]): Promise<RequestsRow> {
  const world = await startWorld({ counting: true });
  try {
    const sent = async (work: () => Promise<void>): Promise<readonly string[]> => {
      const before = world.gate?.requests.length ?? 0;
      await work();
      return (world.gate?.requests ?? []).slice(before);
    };
    const counts: Record<string, number> = {};
    let paths: readonly string[] = [];
    for (let turn = 0; turn < 12; turn += 1) {
      const id = await world.project(`count-${turn}.certdesk.test`);
      paths = await sent(() => world.obtain(id, { challengeType: 'http-01', keyType: 'ec' }));
    }
    counts.certdesk = paths.length;
    for (const peer of peers) {
      const own = await world.join(peer);
      for (let turn = 0; turn < 2; turn += 1) {
        const domain = `count-${turn}.${peer.name}.test`;
        await world.point(domain, own);
        counts[peer.name] = (await sent(() => peer.issue(own, domain, 'ec'))).length;
      }
    }
    return { counts, paths };
  } finally {
    await world.stop();
  }
}
