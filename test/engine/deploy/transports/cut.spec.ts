// Cuts the connection between Certdesk and a host after every part of the server's answers, and finishes the deployment
// over a new one.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Transport } from '../../../../src/main/engine/deploy/transport.ts';
import { connectSsh } from '../../../../src/main/engine/deploy/transports/ssh.ts';
import { needsRoot } from '../../../support/deploy/ssh-host.ts';
import {
  commandAt,
  commandLog,
  fileAt,
  newRun,
  SIGNAL,
  temporariesIn,
} from '../../../support/deploy/transport-files.ts';
import { POLICY, sshWorld } from '../../../support/deploy/transport-worlds.ts';
import { portOf } from '../../../support/tools/ports.ts';
import { describeWith } from '../../../support/tools/tools.ts';

/** Every fifth part: what lies between differs from run to run anyway. */
const STEP = 5;

describeWith(['sshd', 'openssl'], 'a connection that is cut', () => {
  describe.skipIf(needsRoot !== null)(needsRoot === null ? 'as root' : `skipped: ${needsRoot}`, () => {
    let world: Awaited<ReturnType<typeof sshWorld>>;
    beforeAll(async () => {
      world = await sshWorld({});
    });
    afterAll(() => world?.stop());

    it('leaves a deployment that the next contact finishes', async () => {
      const { site, host } = world;
      let cut = 1;
      for (let wasCut = true; wasCut; cut += STEP) {
        writeFileSync(join(site, 'a.pem'), 'old');
        writeFileSync(join(site, 'a.key'), 'old');
        const reload = commandAt(site, 'reload', `cat ${join(site, 'a.pem')}`);
        const already = commandLog(site).length;
        const runId = newRun();
        const stage = {
          runId,
          deploymentId: 'cut',
          files: ['a.pem', 'a.key'].map((name) => fileAt(join(site, name), 'new')),
        };
        const deploy = async (transport: Transport) => {
          await transport.stage(stage, SIGNAL());
          return transport.swap({ runId, validate: null, reload }, SIGNAL());
        };
        const relay = await startCuttingRelay({ host: host.address, port: host.port }, cut);
        try {
          const through = host.connectable('root', { address: '127.0.0.1', port: relay.port });
          const transport = await connectSsh(through, { policy: POLICY }, SIGNAL());
          await deploy(transport).finally(() => transport.close());
        } catch (error) {
          expect(error).toMatchObject({
            code: expect.stringMatching(/^HOST_(CONNECTION_LOST|UNREACHABLE)$/),
          });
        } finally {
          wasCut = relay.wasCut();
          await relay.close();
        }
        const transport = await world.connect();
        const outcome = await transport.outcome(runId, SIGNAL());
        expect(outcome?.state ?? 'nothing').toMatch(/nothing|staged|running|finished/);
        expect(await deploy(transport)).toMatchObject({ state: 'swapped', reloadOwed: false });
        transport.close();
        expect(['a.pem', 'a.key'].map((name) => readFileSync(join(site, name), 'utf8'))).toEqual([
          'new',
          'new',
        ]);
        expect(commandLog(site).length - already).toBe(1);
        expect(temporariesIn(site)).toEqual([]);
        for (const folder of world.uploads) if (existsSync(folder)) expect(readdirSync(folder)).toEqual([]);
      }
      expect(cut).toBeGreaterThan(20);
    });
  });
});

/** A TCP relay that resets both sides after `parts` parts from the server. */
async function startCuttingRelay(to: { host: string; port: number }, parts: number) {
  const sockets = new Set<Socket>();
  let seen = 0;
  let cut = false;
  const server = createServer((client) => {
    const upstream = connect(to);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.setNoDelay(true).on('error', () => undefined);
      socket.on('close', () => {
        client.destroy();
        upstream.destroy();
      });
    }
    client.pipe(upstream);
    upstream.on('data', (part: Buffer) => {
      seen += 1;
      if (seen <= parts) return client.write(part);
      cut = true;
      client.resetAndDestroy();
      upstream.resetAndDestroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: portOf(server),
    wasCut: () => cut,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
