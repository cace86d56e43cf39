// SIGKILL at every transition of a change of an account's key: whichever key the CA has, the next start finds the
// account with it, and orders with it. In process: test/engine/acme/key-change.spec.ts.
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { KillableServer, Moment } from '../support/kill/killable-server.ts';
import { type KillWorld, startKillWorld } from '../support/kill/world.ts';
import { reportSoak } from '../support/tools/soak.ts';
import { describeWith } from '../support/tools/tools.ts';

describeWith(['pebble', 'bind9'], 'a killed key change', () => {
  let world: KillWorld;
  beforeAll(async () => {
    world = await startKillWorld();
  });
  afterAll(() => world?.stop());

  const accountsAtCa = () =>
    [...world.rig.pebble.log().matchAll(/There are now (\d+) accounts/g)].at(-1)?.[1];
  const accountsHere = async (server: KillableServer) =>
    Object.values((await server.call('GET', '/ca-accounts')).body.accounts ?? {});

  it('continues after each of its transitions', async () => {
    let server = await world.server();
    const { body } = await server.call('POST', '/projects', { body: { domain: 'key.example.com' } });
    const certificate = `/projects/${body.id}/certificate`;
    const obtain = { challengeType: 'http-01', keyType: 'ec' };
    expect((await server.call('POST', `${certificate}/obtain`, { body: obtain })).status).toBe(200);
    const [account] = await accountsHere(server);
    const change = `/ca-accounts/${account?.id}/change-key`;
    await server.record();
    expect((await server.call('POST', change)).status).toBe(200);
    const moments: readonly Moment[] = await server.recorded();
    expect(moments.map(({ name }) => name)).toContain('after CA changeKey');
    for (const moment of moments) {
      server = await world.server();
      await server.arm(moment);
      await expect(server.call('POST', change), moment.name).rejects.toThrow();
      await server.gone;
      server = await world.server();
      const renewed = await server.call('POST', `${certificate}/renew`);
      expect(renewed.status, `${moment.name}: ${renewed.text}`).toBe(200);
      expect(await accountsHere(server)).toEqual([account]);
      expect(accountsAtCa(), moment.name).toBe('1');
    }
    // It can be changed again afterwards.
    expect((await server.call('POST', change)).status).toBe(200);
    expect((await server.call('POST', `${certificate}/renew`)).status).toBe(200);
    reportSoak(`key change: killed at ${moments.length} of ${moments.length} transitions`);
  });
});
