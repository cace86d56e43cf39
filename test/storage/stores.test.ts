import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ProjectQuery } from '../../src/main/engine/core/stores/projects.ts';
import { type Database, openDatabase } from '../../src/main/storage/database.ts';
import { createStores } from '../../src/main/storage/stores.ts';
import { CERTIFICATE, JOB, PROJECT, SPEC } from '../support/engine/records.ts';

let folder: string;
let database: Database;
let stores: ReturnType<typeof createStores>;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'certdesk-stores-'));
  database = openDatabase(join(folder, 'certdesk.db'));
  stores = createStores(database.db);
});

afterEach(async () => {
  await database?.close();
  rmSync(folder, { recursive: true });
});

describe('projects', () => {
  const query: ProjectQuery = {
    limit: 10,
    ids: null,
    now: '2026-02-01T00:00:00Z',
    soon: '2026-03-03T00:00:00Z',
  };
  const listed = async (more: Partial<ProjectQuery>) =>
    (await stores.projects.list({ ...query, ...more })).items.map(({ project }) => project.id);

  it('are returned as stored and changed', async () => {
    await stores.projects.create(PROJECT);
    expect(await stores.projects.get('p1')).toEqual(PROJECT);
    await stores.projects.update('p1', { domain: null, altNames: [] });
    expect(await stores.projects.get('p1')).toEqual({ ...PROJECT, domain: null, altNames: [] });
    expect(await stores.projects.get('p2')).toBeNull();
  });

  it('are paged without gap or repetition, even when projects are added meanwhile', async () => {
    for (const n of [1, 2, 3, 4, 5]) await stores.projects.create({ ...PROJECT, id: `p${n}` });
    const first = await stores.projects.list({ ...query, limit: 2 });
    await stores.projects.create({ ...PROJECT, id: 'p6' });
    const second = await stores.projects.list({ ...query, limit: 2, cursor: first.nextCursor ?? '' });
    const third = await stores.projects.list({ ...query, limit: 2, cursor: second.nextCursor ?? '' });
    const ids = [first, second, third].flatMap(({ items }) => items.map(({ project }) => project.id));
    expect(ids).toEqual(['p1', 'p2', 'p3', 'p4', 'p5', 'p6']);
    expect(third.nextCursor).toBeNull();
  });

  it('refuse a cursor that they have not issued', async () => {
    await expect(stores.projects.list({ ...query, cursor: "1'--" })).rejects.toMatchObject({
      code: 'INVALID_REQUEST',
    });
  });

  it('are found by name and domain in any case, with % and _ taken literally', async () => {
    const plain = { ...PROJECT, altNames: [] };
    await stores.projects.create({ ...plain, id: 'p1', name: '100% Shop', domain: 'a.example.com' });
    await stores.projects.create({ ...plain, id: 'p2', name: 'Blog', domain: 'blog_x.example.com' });
    expect(await listed({ q: 'SHOP' })).toEqual(['p1']);
    expect(await listed({ q: '%' })).toEqual(['p1']);
    expect(await listed({ q: '_x' })).toEqual(['p2']);
    expect(await listed({ q: 'example' })).toEqual(['p1', 'p2']);
  });

  it('are filtered by status to the exact limits', async () => {
    const expiries = {
      valid: '2026-03-03T00:00:01Z',
      expiring_soon: '2026-03-03T00:00:00Z',
      expired: '2026-02-01T00:00:00Z',
    };
    for (const [id, expiresAt] of Object.entries(expiries)) {
      await stores.projects.create({ ...PROJECT, id });
      await stores.certificates.activate({ ...CERTIFICATE, id, projectId: id, expiresAt });
    }
    await stores.projects.create({ ...PROJECT, id: 'revoked' });
    const revokedAt = '2026-01-15T00:00:00Z';
    await stores.certificates.activate({ ...CERTIFICATE, id: 'r', projectId: 'revoked', revokedAt });
    await stores.projects.create({ ...PROJECT, id: 'none' });
    for (const status of ['valid', 'expiring_soon', 'expired', 'revoked', 'none'] as const) {
      expect(await listed({ status })).toEqual([status]);
    }
    expect(await listed({ ids: ['none', 'valid'] })).toEqual(['valid', 'none']);
  });
});

describe('certificates', () => {
  beforeEach(() => stores.projects.create(PROJECT));

  it('are returned with every field', async () => {
    const full = {
      ...CERTIFICATE,
      staging: true,
      autoRenew: false,
      renewedFrom: '2025-10-01T00:00:00Z',
      renewal: {
        lastAttempt: '2026-03-01T00:00:00Z',
        lastError: 'x',
        lastErrorCode: 'ACME_UNAVAILABLE',
        failures: 2,
        nextAttemptAt: '2026-03-02T00:00:00Z',
        waitsFor: 'Waits for a person.',
        deferralReason: 'A limit.',
        jitterSeconds: 77,
        ari: {
          window: { start: '2026-03-01T00:00:00Z', end: '2026-03-02T00:00:00Z' },
          renewAt: '2026-03-01T12:00:00Z',
          explanationUrl: 'https://ca.example/why',
          checkedAt: '2026-02-01T00:00:00Z',
          checkAt: '2026-02-01T06:00:00Z',
          failures: 0,
          error: null,
        },
      },
      revokedAt: '2026-03-03T00:00:00Z',
      revocationReason: 'keyCompromise' as const,
      acknowledgement: { at: '2026-01-05T00:00:00Z', by: 'ops', note: 'Moved' },
    };
    await stores.certificates.activate(full);
    const stored = await stores.certificates.get('c1');
    expect({ ...stored, keySealed: [...(stored?.keySealed ?? [])] }).toEqual({
      ...full,
      keySealed: [1, 2, 3],
    });
  });

  it('have one active version: a new one supersedes, and the old one is stored', async () => {
    await stores.certificates.activate(CERTIFICATE);
    await stores.certificates.activate({ ...CERTIFICATE, id: 'c2', storedAt: '2026-03-01T00:00:00Z' });
    expect((await stores.certificates.active('p1'))?.id).toBe('c2');
    const { items, total } = await stores.certificates.versions('p1', 10);
    expect(total).toBe(2);
    expect((await stores.certificates.versions('p1', 1)).items.map(({ id }) => id)).toEqual(['c2']);
    expect(items.map(({ id, supersededAt }) => [id, supersededAt])).toEqual([
      ['c2', null],
      ['c1', '2026-03-01T00:00:00Z'],
    ]);
  });

  it('are purged only if removed, and old', async () => {
    await stores.certificates.activate({ ...CERTIFICATE, removedAt: '2026-01-10T00:00:00Z' });
    await stores.certificates.activate({ ...CERTIFICATE, id: 'c2' });
    expect(await stores.certificates.purgeRemoved('2026-01-10T00:00:00Z')).toBe(0);
    expect(await stores.certificates.purgeRemoved('2026-01-10T00:00:01Z')).toBe(1);
    expect((await stores.certificates.versions('p1', 10)).items.map(({ id }) => id)).toEqual(['c2']);
  });

  /** Each in its own project, `of-ID`. */
  async function addEach(variants: readonly (Partial<typeof CERTIFICATE> & { readonly id: string })[]) {
    for (const variant of variants) {
      await stores.projects.create({ ...PROJECT, id: `of-${variant.id}` });
      await stores.certificates.activate({ ...CERTIFICATE, ...variant, projectId: `of-${variant.id}` });
    }
  }

  it('are due if active, obtained, set to renew, and not waiting; soonest expiry first', async () => {
    const { renewal } = CERTIFICATE;
    await addEach([
      { id: 'yes' },
      { id: 'sooner', expiresAt: '2026-03-25T00:00:00Z' },
      { id: 'later', expiresAt: '2026-06-01T00:00:00Z' },
      { id: 'off', autoRenew: false },
      { id: 'uploaded', spec: null },
      { id: 'waiting', renewal: { ...renewal, waitsFor: 'Waits for a person.' } },
      { id: 'failed', renewal: { ...renewal, nextAttemptAt: '2026-03-05T00:00:00Z' } },
      { id: 'revoked', revokedAt: '2026-01-02T00:00:00Z', expiresAt: '2026-05-01T00:00:00Z' }, // by the CA: a user's revocation turns it off
      { id: 'removed', removedAt: '2026-01-02T00:00:00Z' },
    ]);
    const due = async (now: string) => {
      const found: string[] = [];
      for await (const id of stores.certificates.due(now)) found.push(id);
      return found;
    };
    expect(await due('2026-03-03T00:00:00Z')).toEqual(['of-sooner', 'of-yes', 'of-revoked']);
    expect(await due('2026-03-05T00:00:00Z')).toContain('of-failed');
  });

  it('that wait are released by project, by credential, or all', async () => {
    const renewal = { ...CERTIFICATE.renewal, waitsFor: 'Waits for new DNS credentials.' };
    const spec = { ...SPEC, dnsCredentialId: 'd1' };
    await addEach([{ id: 'a', renewal }, { id: 'b', renewal, spec }, { id: 'c', renewal }, { id: 'd' }]);
    const waiting = async () => {
      const all = await Promise.all(['a', 'b', 'c', 'd'].map((id) => stores.certificates.get(id)));
      return all.filter((each) => each?.renewal.waitsFor != null).map((each) => each?.id);
    };
    expect(await stores.certificates.release({ projectId: 'of-a' })).toBe(1);
    expect(await waiting()).toEqual(['b', 'c']);
    expect(await stores.certificates.release({ dnsCredentialId: 'd1' })).toBe(1);
    expect(await waiting()).toEqual(['c']);
    expect(await stores.certificates.release({})).toBe(1);
    expect(await waiting()).toEqual([]);
  });

  it('say which CAs are to be asked: in use, obtained, not expired, not asked lately', async () => {
    const { renewal } = CERTIFICATE;
    const ari = (checkAt: string) => ({
      ...renewal,
      ari: {
        window: null,
        renewAt: null,
        explanationUrl: null,
        checkedAt: null,
        failures: 0,
        error: null,
        checkAt,
      },
    });
    await addEach([
      { id: 'asked', renewal: ari('2026-02-02T00:00:00Z') },
      { id: 'due', renewal: ari('2026-01-31T00:00:00Z') },
      { id: 'new' },
      { id: 'expired', expiresAt: '2026-01-31T00:00:00Z' },
      { id: 'uploaded', spec: null },
      { id: 'removed', removedAt: '2026-01-02T00:00:00Z' },
      { id: 'revoked', revokedAt: '2026-01-02T00:00:00Z' },
    ]);
    const at = { now: '2026-02-01T00:00:00Z', limit: 10 };
    const ids = async (what: 'ari' | 'revocation') =>
      (await stores.certificates.toAsk(what, at)).map(({ id }) => id);
    expect(await ids('ari')).toEqual(['new', 'due']);
    expect((await ids('revocation')).toSorted()).toEqual(['asked', 'due', 'new', 'uploaded']);
    const check = { checkedAt: at.now, checkAt: '2026-02-02T00:00:00Z', error: null };
    await stores.certificates.update('new', { revocationCheck: check });
    expect(await ids('revocation')).not.toContain('new');
  });

  it('are deleted only if superseded, and expired long enough ago', async () => {
    await stores.certificates.activate(CERTIFICATE);
    await stores.certificates.activate({ ...CERTIFICATE, id: 'c2' });
    expect(await stores.certificates.purgeSuperseded('2026-04-01T00:00:00Z')).toBe(0);
    expect(await stores.certificates.purgeSuperseded('2026-04-01T00:00:01Z')).toBe(1);
    expect((await stores.certificates.versions('p1', 10)).items.map(({ id }) => id)).toEqual(['c2']);
  });
});

describe('jobs', () => {
  beforeEach(() => stores.projects.create(PROJECT));

  it('refuse a second unfinished job of a project, and accept one after the first has ended', async () => {
    await stores.jobs.create(JOB);
    await expect(stores.jobs.create({ ...JOB, id: 'j2' })).rejects.toMatchObject({
      code: 'OPERATION_IN_PROGRESS',
      details: { jobId: 'j1' },
    });
    await stores.jobs.update('j1', { state: 'failed', finishedAt: '2026-01-01T00:00:09Z' });
    await stores.jobs.create({ ...JOB, id: 'j2' });
    expect((await stores.jobs.list({ projectIds: null, limit: 9 })).map(({ id }) => id)).toEqual([
      'j2',
      'j1',
    ]);
  });

  it('refuse a second job of one idempotency key', async () => {
    await stores.jobs.create({ ...JOB, idempotencyKey: 'k', state: 'succeeded' });
    await expect(stores.jobs.create({ ...JOB, id: 'j2', idempotencyKey: 'k' })).rejects.toMatchObject({
      code: 'IDEMPOTENCY_KEY_REUSED',
    });
    expect((await stores.jobs.byIdempotencyKey('k'))?.id).toBe('j1');
  });

  it('return results and errors unchanged', async () => {
    await stores.jobs.create(JOB);
    const error = { success: false, error: 'x', code: 'CHALLENGE_FAILED', details: { a: [1] } } as const;
    const result = { certificate: null };
    await stores.jobs.update('j1', { state: 'failed', error, result });
    expect(await stores.jobs.get('j1')).toMatchObject({ error, result, input: JOB.input });
  });

  it('are deleted with their project, orders too', async () => {
    await stores.jobs.create(JOB);
    const order = { jobId: 'j1', accountId: 'a', directoryUrl: 'd', keySealed: null, csr: null, url: null };
    await stores.orders.put({
      ...order,
      challenges: [],
      updatedAt: '2026-01-01T00:00:00Z',
      finalizedAt: null,
      asCreated: null,
      spec: null,
    });
    await stores.projects.delete('p1');
    expect(await stores.jobs.get('j1')).toBeNull();
    expect(await stores.orders.all()).toEqual([]);
  });
});

describe('accounts', () => {
  const account = {
    id: 'a1',
    directoryUrl: 'https://ca/dir',
    email: null,
    url: null,
    keySealed: new Uint8Array([9]),
    createdAt: '2026-01-01T00:00:00Z',
  };

  it('are one per directory and e-mail address, or per directory without one', async () => {
    await stores.accounts.create(account);
    await stores.accounts.create({ ...account, id: 'a2', email: 'me@example.com' });
    expect((await stores.accounts.find('https://ca/dir', null))?.id).toBe('a1');
    expect((await stores.accounts.find('https://ca/dir', 'me@example.com'))?.id).toBe('a2');
    expect(await stores.accounts.find('https://ca/dir', 'you@example.com')).toBeNull();
    await expect(stores.accounts.create({ ...account, id: 'a3' })).rejects.toThrow(/UNIQUE/);
  });
});

describe('a transaction', () => {
  it('leaves nothing if it fails halfway', async () => {
    const failing = stores.transaction(async (tx) => {
      await tx.projects.create(PROJECT);
      await tx.settings.set('x', 1);
      throw new Error('stop');
    });
    await expect(failing).rejects.toThrow('stop');
    expect(await stores.projects.get('p1')).toBeNull();
    expect(await stores.settings.get('x')).toBeNull();
  });
});

describe('events', () => {
  it('are numbered in the order in which they were written', async () => {
    const event = {
      at: '2026-01-01T00:00:00Z',
      kind: 'k',
      projectId: null,
      jobId: 'j1',
      message: 'm',
      data: { a: 1 },
    };
    const first = await stores.events.append(event);
    const second = await stores.events.append({ ...event, jobId: null });
    expect(second.id).toBeGreaterThan(first.id);
    expect(await stores.events.list({ after: first.id, limit: 9 })).toEqual([second]);
    expect(await stores.events.list({ jobId: 'j1', limit: 9 })).toEqual([first]);
    expect(await stores.events.lastId()).toBe(second.id);
  });
});
