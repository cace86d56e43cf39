import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createJournal } from '../../../src/main/engine/audit/journal.ts';
import {
  type Acknowledgements,
  createAcknowledgements,
} from '../../../src/main/engine/certificates/acknowledge.ts';
import { findNeeds } from '../../../src/main/engine/overview/overview.ts';
import { openTestDatabase, QUIET, type TestDatabase } from '../../support/engine/database.ts';
import { CERTIFICATE, PROJECT } from '../../support/engine/records.ts';

const NOW = new Date('2026-02-01T00:00:00Z');
const REVOKED = { revokedAt: '2026-01-31T00:00:00Z', revocationReason: 'cessationOfOperation' } as const;

let database: TestDatabase;
let acknowledgements: Acknowledgements;

beforeEach(async () => {
  database = openTestDatabase();
  const clock = { now: () => NOW };
  const journal = createJournal(database.stores, clock, QUIET);
  acknowledgements = createAcknowledgements({ journal, clock });
  await database.stores.projects.create(PROJECT);
  await database.stores.certificates.activate({ ...CERTIFICATE, ...REVOKED });
});
afterEach(() => database?.close());

const needs = async (): Promise<readonly string[]> =>
  (await findNeeds(database.stores, null, NOW)).map(({ kind }) => kind);
const acknowledged = () => database.stores.overview.acknowledged(null);

describe('a revocation that a user acknowledges', () => {
  it('no longer needs attention, and shows who acknowledged it and why', async () => {
    expect(await needs()).toEqual(['revoked']);
    const certificate = await acknowledgements.acknowledge(PROJECT.id, 'The shop is closed', 'ops');
    expect(certificate.acknowledgement).toEqual({
      at: '2026-02-01T00:00:00Z',
      by: 'ops',
      note: 'The shop is closed',
    });
    expect(certificate.status).toBe('revoked');
    expect(await needs()).toEqual([]);
    expect(await acknowledged()).toBe(1);
    expect(await database.stores.overview.acknowledged([PROJECT.id])).toBe(1);
    expect(await database.stores.overview.acknowledged(['other'])).toBe(0);
    const [event] = await database.stores.events.latest({ without: [], projectIds: null, limit: 1 });
    expect(event).toMatchObject({
      kind: 'certificate.acknowledged',
      message: `Revocation of ${CERTIFICATE.domain} acknowledged: The shop is closed`,
    });
  });

  it('needs attention again when the acknowledgement is withdrawn', async () => {
    await acknowledgements.acknowledge(PROJECT.id, 'By mistake', 'ops');
    expect((await acknowledgements.withdraw(PROJECT.id)).acknowledgement).toBeUndefined();
    expect(await needs()).toEqual(['revoked']);
    expect(await acknowledged()).toBe(0);
  });

  it('ends with the certificate: a later one that is revoked needs attention', async () => {
    await acknowledgements.acknowledge(PROJECT.id, 'The shop is closed', 'ops');
    await database.stores.certificates.activate({ ...CERTIFICATE, ...REVOKED, id: 'next' });
    expect(await needs()).toEqual(['revoked']);
    expect(await acknowledged()).toBe(0);
  });

  it('is refused if nothing is revoked', async () => {
    await database.stores.certificates.activate({ ...CERTIFICATE, id: 'next' });
    await expect(acknowledgements.acknowledge(PROJECT.id, 'Why', 'ops')).rejects.toMatchObject({
      code: 'NOT_REVOKED',
    });
  });
});
