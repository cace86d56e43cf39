// How soon the doctor ends: five names within 3 seconds, also if servers stay silent until its limits end the queries.
import { createServer, type Server, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '../../src/main/app/platform.ts';
import { createDnsResolver } from '../../src/main/engine/dns/lookup/resolver.ts';
import { type NameServer, startNameServer } from '../support/dns/name-server.ts';
import { type DoctorRig, startDoctorRig } from '../support/doctor/doctor-rig.ts';
import { LOOPBACK_POLICY } from '../support/tools/network.ts';
import { describeWith } from '../support/tools/tools.ts';

const ZONE = 'example.com';
const NAMES = ['www', 'mail', 'silent', 'alias'].map((name) => `${name}.${ZONE}`).concat(`www.lame.${ZONE}`);
const DIAGNOSIS_MS = 3_000;

describeWith(['pebble', 'bind9'], 'the speed of the doctor', () => {
  let rig: DoctorRig;
  let mute: NameServer;
  let web: Server;
  const sockets = new Set<Socket>();

  beforeAll(async () => {
    const records = ['www A 127.0.0.1', 'mail A 127.0.0.1', 'silent A 127.0.0.12', 'alias CNAME silent'];
    rig = await startDoctorRig([
      { name: ZONE, records },
      { name: `lame.${ZONE}`, nameServers: ['127.0.0.1', '127.0.0.7'] },
    ]);
    mute = await startNameServer(() => null, { address: '127.0.0.7', port: rig.bind.port });
    // It accepts connections, and never says anything.
    web = createServer((socket) => void sockets.add(socket)).listen(rig.pebble.httpPort, '127.0.0.12');
  }, 120_000);
  afterAll(async () => {
    for (const socket of sockets) socket.destroy();
    web?.close();
    await Promise.all([rig?.stop(), mute?.close()]);
  });

  /** Milliseconds that the doctor needs with its own limits. */
  async function time(servers: readonly string[], validators = servers): Promise<number> {
    const resolver = createDnsResolver({
      servers,
      authorityPort: rig.bind.port,
      addressPolicy: LOOPBACK_POLICY,
    });
    const begin = performance.now();
    const { names } = await rig.examine(
      NAMES,
      {},
      { resolver, validators, timeoutMs: DEFAULT_LIMITS.examineWithinMs },
    );
    const took = performance.now() - begin;
    expect(names).toHaveLength(5);
    return took;
  }

  it('examines five names in under 3 s, three of which have a silent server', async () => {
    const took = await time([rig.bind.server]);
    console.info(`five names: ${took.toFixed(0)} ms`);
    expect(took).toBeLessThan(DIAGNOSIS_MS);
  });

  it('ends in under 3 s if no DNS server answers', async () => {
    const took = await time([mute.server]);
    console.info(`five names without DNS: ${took.toFixed(0)} ms`);
    expect(took).toBeLessThan(DIAGNOSIS_MS);
  });
});
