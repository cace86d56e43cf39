// The data that the screens of screens.ts show.
import type { Stores } from '../../../src/main/engine/core/stores.ts';
import { databasePath } from '../../../src/main/storage/data-folder.ts';
import { openDatabase } from '../../../src/main/storage/database.ts';
import { createStores } from '../../../src/main/storage/stores.ts';
import { toTimestamp } from '../../../src/shared/time.ts';
import type { Pebble } from '../acme/pebble.ts';
import { createEndpointRecords } from '../endpoints/endpoint-records.ts';
import { makeManyProjects } from '../engine/many-projects.ts';
import type { WebhookReceiver } from '../engine/webhook-receiver.ts';
import type { TestApp } from '../server/app.ts';
import { makeDeployments } from './deployments.ts';

const DAY_MS = 86_400_000;

export const PASSPHRASE = 'four words chosen by dice';

/** @returns the values of the placeholders in the paths. */
export async function populate(
  app: TestApp,
  { pebble, chat }: { readonly pebble: Pebble; readonly chat: WebhookReceiver },
): Promise<Readonly<Record<string, string>>> {
  const database = openDatabase(databasePath(app.dataFolder));
  const stores = createStores(database.db);
  await makeManyProjects(stores, 120, new Date());
  const body = { challengeType: 'http-01', keyType: 'ec' };
  const obtain = async (id: string) => {
    await app.call('POST', `/projects/${id}/certificate/obtain`, { body });
    return String((await app.call('GET', `/jobs?project=${id}`)).body.jobs?.['0']?.id);
  };
  const ID = await app.project('shop.example.com', ['www.shop.example.com']);
  const DONE = await obtain(ID);
  const version = await stores.certificates.active(ID);
  const shown = { projectId: ID, versionId: version?.id ?? '', fingerprint: version?.fingerprint ?? '' };
  const deployments = await makeDeployments(stores, shown, new Date());
  await pebble.challtestsrv.setServfail('broken.example.com');
  const BROKEN = await app.project('broken.example.com');
  const FAILED = await obtain(BROKEN);
  const NEW = await app.project('new.example.com');
  await app.call('POST', '/dns-credentials', {
    body: { name: 'Our Cloudflare', provider: 'cloudflare', credentials: { apiToken: 'a'.repeat(40) } },
  });
  const webhook = { preset: 'slack', url: chat.url };
  const made = await app.asUser('POST', '/notifications', {
    body: { type: 'webhook', name: 'On call', webhook },
  });
  if (made.status !== 201) throw new Error(`The channel was refused: ${made.status}`);
  await app.asUser('POST', '/backups/passphrase', { body: { passphrase: PASSPHRASE } });
  const backup = await app.call('POST', '/backups');
  if (backup.status !== 201) throw new Error(`The backup failed: ${backup.status}`);
  const endpoints = { projectId: ID, host: 'shop.example.com', count: 200, now: new Date() };
  await createEndpointRecords(stores, endpoints);
  const INCIDENT = await makeIncident(stores, new Date());
  await database.close();
  return { ID, DONE, BROKEN, FAILED, NEW, INCIDENT, ...deployments };
}

/** An open incident with certificates of makeManyProjects in several states. */
async function makeIncident(stores: Stores, now: Date): Promise<string> {
  const id = 'shown-incident';
  const directoryUrl = 'https://acme-v02.api.letsencrypt.org/directory';
  const movedAt = toTimestamp(now);
  for (const n of [3, 4, 5, 10, 11, 12]) {
    const project = await stores.projects.get(`project-${n}`);
    await stores.incidents.recordMove(
      {
        certificateId: `certificate-${n}`,
        projectId: `project-${n}`,
        domain: project?.domain ?? '',
        directoryUrl,
        movedAt,
        renewBefore: toTimestamp(new Date(now.getTime() + 20 * DAY_MS)),
        renewAt: movedAt,
      },
      null,
    );
  }
  const explanationUrl = 'https://ca.example/incidents/2026-11';
  await stores.incidents.create(
    { id, directoryUrl, explanationUrl, startedAt: movedAt, endedAt: null },
    movedAt,
  );
  return id;
}
