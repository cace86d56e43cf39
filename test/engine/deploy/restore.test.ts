// After a restore from a backup nothing is deployed until a person confirms it.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createRestoreMarker, writeRestoreMarker } from '../../../src/main/engine/backups/restore-marker.ts';
import { openTestDatabase, type TestDatabase } from '../../support/engine/database.ts';
import { DEPLOYMENT, HOST } from '../../support/engine/many-deployments.ts';
import { PROJECT } from '../../support/engine/records.ts';

let database: TestDatabase;
beforeEach(() => {
  database = openTestDatabase();
});
afterEach(() => database?.close());

it('a restore pauses all deployments, and leaves those that a person has paused', async () => {
  const { stores } = database;
  await stores.projects.create(PROJECT);
  await stores.hosts.create(HOST);
  await stores.deployments.create(DEPLOYMENT);
  await stores.deployments.create({
    ...DEPLOYMENT,
    id: 'd2',
    enabled: false,
    pausedBy: 'person',
    state: 'paused',
  });
  const by = { kind: 'window', id: null, name: 'Chrome', address: null } as const;
  const marker = createRestoreMarker(by, new Date('2026-06-02T00:00:00Z'));
  await stores.transaction((tx) =>
    writeRestoreMarker(tx, marker, { createdAt: '2026-06-01T00:00:00Z', aside: null }),
  );
  expect(await stores.deployments.get('d1')).toMatchObject({
    enabled: false,
    pausedBy: 'restore',
    state: 'paused',
  });
  expect(await stores.deployments.get('d2')).toMatchObject({ pausedBy: 'person' });
});
