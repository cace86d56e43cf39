// A CA moves the windows of many certificates at once, with a real Pebble (its management interface sets them): one
// incident with one message, all renewed, and one message at the end.
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Stores } from '../../../src/main/engine/core/stores.ts';
import { databasePath } from '../../../src/main/storage/data-folder.ts';
import { openDatabase } from '../../../src/main/storage/database.ts';
import { createStores } from '../../../src/main/storage/stores.ts';
import { type Pebble, startPebble } from '../../support/acme/pebble.ts';
import { startWebhookReceiver, type WebhookReceiver } from '../../support/engine/webhook-receiver.ts';
import { startApp, type TestApp } from '../../support/server/app.ts';
import { describeWith } from '../../support/tools/tools.ts';

const MANY = 12;
const REASON = 'https://ca.example/incident';
const PAST = { start: '2026-01-01T00:00:00Z', end: '2026-01-02T00:00:00Z' };

describeWith('pebble', 'a CA that moves many windows', () => {
  let pebble: Pebble;
  let app: TestApp;
  let receiver: WebhookReceiver;
  let database: { readonly stores: Stores; close(): Promise<void> };
  const ids: string[] = [];

  beforeAll(async () => {
    [pebble, receiver] = await Promise.all([startPebble(), startWebhookReceiver()]);
    app = await startApp({ pebble });
    const opened = openDatabase(databasePath(app.dataFolder));
    database = { stores: createStores(opened.db), close: opened.close };
    await app.app.engine.notifications.create({
      type: 'webhook',
      name: 'all',
      enabled: true,
      kinds: ['incident', 'renewed', 'failed', 'expiring', 'revoked'],
      webhook: { preset: 'generic', url: `${receiver.url}/hook` },
    });
    for (let n = 0; n < MANY; n += 1) {
      const id = await app.project(`host-${n}.example.com`);
      const body = { challengeType: 'http-01', keyType: 'ec' };
      const answer = await app.call('POST', `/projects/${id}/certificate/obtain`, { body });
      expect(answer.status, answer.text).toBe(200);
      ids.push(id);
    }
  }, 120_000);
  afterAll(async () => {
    await database?.close();
    await app?.stop();
    await Promise.all([pebble?.stop(), receiver?.stop()]);
  });

  const active = async (id: string) => {
    const certificate = await database.stores.certificates.active(id);
    if (certificate === null) throw new Error('there is no certificate');
    return certificate;
  };
  const incidents = async () => (await app.call('GET', '/incidents')).body.incidents;
  const messages = () =>
    receiver.received.map(({ body }) => JSON.parse(body)).map(({ kind, state }) => `${kind} ${state}`);
  const notify = () => app.app.engine.notifications.tick();

  it('is one incident and one message, and one more when all are renewed', async () => {
    // A call during the sweep of each minute joins it, and that may have begun before the last certificate.
    const isAsked = async () => {
      await app.app.engine.sweep();
      return (await Promise.all(ids.map(active))).every(({ renewal }) => renewal.ari != null);
    };
    await expect.poll(isAsked).toBe(true);
    const first = await Promise.all(ids.map(active));
    const info = { suggestedWindow: PAST, explanationURL: REASON };
    for (const { chain } of first) await pebble.setRenewalInfo(chain, JSON.stringify(info));
    // As if the time had come. A sweep meanwhile may see some of the moves: the next one sees the others.
    const { certificates } = database.stores;
    for (const { id } of first) {
      const renewal = (await certificates.get(id))?.renewal;
      if (renewal?.ari == null) throw new Error('the CA was not asked yet');
      const ari = { ...renewal.ari, checkAt: PAST.start };
      await certificates.update(id, { renewal: { ...renewal, ari } });
    }
    const sweptIncidents = async () => {
      await app.app.engine.sweep();
      return incidents();
    };
    await expect
      .poll(sweptIncidents) // sees the moves
      .toMatchObject([{ explanationUrl: REASON, endedAt: null, total: MANY }]);
    await notify();
    await expect.poll(messages).toEqual(['incident problem']);

    const renewed = async () => {
      await app.app.engine.sweep();
      const now = await Promise.all(ids.map(active));
      return now.filter(({ id }, index) => id !== first[index]?.id).length;
    };
    await expect.poll(renewed, { timeout: 60_000 }).toBe(MANY);
    await expect
      .poll(sweptIncidents) // ends the incident
      .toMatchObject([{ endedAt: expect.any(String), total: MANY, counts: { renewed: MANY } }]);
    await notify();
    await expect.poll(messages).toEqual(['incident problem', 'incident resolved']);
  });
});
