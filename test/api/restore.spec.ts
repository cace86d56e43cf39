// A backup restored through the API of a running server: refusals that change nothing, the data after the next start,
// permissions, sessions that survive, and both audit trails.
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { copyFile, readdir, readFile, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EnginePorts } from '../../src/main/engine/engine.ts';
import { MIGRATIONS } from '../../src/main/storage/migrations/index.ts';
import { makeQuickBackup, PASSPHRASE } from '../support/engine/backup-data.ts';
import { type Answer, startApp, type TestApp } from '../support/server/app.ts';
import { createBrowser } from '../support/server/browser.ts';
import { secretOf } from '../support/server/browser-rig.ts';

describe('a restore through the API', () => {
  let app: TestApp;
  let file: string;

  beforeEach(async () => {
    app = await startApp();
    await app.project('kept.example.com');
    file = await makeQuickBackup(app.dataFolder);
    await app.project('later.example.com');
  });
  afterEach(() => app?.stop());

  const bodyOf = (more: object) => ({ body: { file, passphrase: PASSPHRASE, ...more } });
  const restore = (more: object = {}): Promise<Answer> =>
    app.asUser('POST', '/backups/restore', bodyOf(more));
  const domains = async (): Promise<string[]> =>
    Object.values((await app.call('GET', '/projects')).body.projects ?? {})
      .map(({ domain }) => String(domain))
      .toSorted();
  /** Like `certdesk serve`. */
  async function again(): Promise<void> {
    await app.app.restartRequested;
    const { port } = new URL(app.app.address); // the session's cookie is bound to it
    await app.close();
    const { log } = app;
    const api = { host: '127.0.0.1', port: Number(port) };
    app = await startApp({ dataFolder: app.dataFolder, platform: { api } });
    app = { ...app, log: [...log, ...app.log] };
  }

  it('refuses what cannot be restored, and changes nothing', async () => {
    const refused = async (more: object, code: string) =>
      expect((await restore(more)).body).toMatchObject({ code });
    await refused({ passphrase: 'another one altogether' }, 'PASSPHRASE_WRONG');
    await refused({ file: 'relative' }, 'INVALID_REQUEST');
    await refused({ file: `${file}.none` }, 'BACKUP_NOT_FOUND');
    const damaged = join(app.dataFolder, 'damaged');
    const bytes = await readFile(file);
    bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1);
    await writeFile(damaged, bytes);
    await refused({ file: damaged }, 'BACKUP_UNREADABLE');
    const newer = join(app.dataFolder, 'newer');
    await copyFile(file, newer);
    const text = await readFile(newer, 'latin1');
    const schema = `"schema":${MIGRATIONS.length}`;
    expect(text).toContain(schema);
    const more = `"schema":${MIGRATIONS.length + 1}`;
    await writeFile(newer, text.replace(schema, more), 'latin1');
    await refused({ file: newer }, 'BACKUP_TOO_NEW');
    expect(await domains()).toEqual(['kept.example.com', 'later.example.com']);
    expect(existsSync(join(app.dataFolder, 'restoring'))).toBe(false);
    const { text: trail } = await app.call('GET', '/audit?operation=backups.restore');
    for (const code of ['PASSPHRASE_WRONG', 'BACKUP_UNREADABLE', 'BACKUP_TOO_NEW'])
      expect(trail).toContain(code);
    await app.close();
    app = await startApp({ dataFolder: app.dataFolder });
    expect(await domains()).toEqual(['kept.example.com', 'later.example.com']);
  });

  it('is refused to every token, whatever its scopes', async () => {
    const some = await app.makeToken(['projects:write'], [await app.project('a.example.com')]);
    const reading = await app.makeToken(['projects:read']);
    const { secret } = await app.app.engine.tokens.create({
      name: 'expires',
      scopes: ['projects:write'],
      projectIds: null,
      expiresAt: '2099-01-01T00:00:00Z',
    });
    const statusFor = async (token: string | null) =>
      (await app.call('POST', '/backups/restore', { ...bodyOf({}), token })).status;
    for (const token of [some, reading, secret, app.token]) expect(await statusFor(token), token).toBe(403);
    expect(await statusFor(null)).toBe(401);
  });

  it('restores the backup, keeps the previous data, and is recorded in both audit trails', async () => {
    const browser = createBrowser(app.app.address);
    await browser.signIn(secretOf(new URL(await app.app.signInLink())));
    const body = JSON.stringify({ file, passphrase: PASSPHRASE });
    const asked = await browser.post('/api/v1/backups/restore', body);
    expect(asked.status, asked.text).toBe(200);
    const begun = JSON.parse(asked.text);
    expect(begun).toMatchObject({ createdAt: '2026-01-02T00:00:00Z', signedIn: true });
    // From here on, no job may start, because the restored data would not contain it.
    expect((await restore()).body.code).toBe('RESTORE_UNDER_WAY');
    await again();
    expect(await domains()).toEqual(['kept.example.com']);
    const { restored } = (await app.call('GET', '/backups')).body;
    expect(restored).toMatchObject({ id: begun.id, aside: begun.aside, createdAt: '2026-01-02T00:00:00Z' });
    const [session, ...others] = await app.app.engine.sessions.list();
    expect(session?.name).toBe(restored?.by);
    expect(others).toEqual([]);
    // The same cookie as before.
    expect((await browser.get('/api/v1/projects')).status).toBe(200);

    expect(await app.app.engine.audit.verify()).toMatchObject({ ok: true });
    const { entries } = (await app.call('GET', '/audit?operation=backups.restore')).body;
    expect(entries?.[0]).toMatchObject({
      result: 'ok',
      actor: { kind: 'window', id: session?.id, name: session?.name },
      message: 'Restored the backup of 2026-01-02T00:00:00Z',
    });
    const old = new Sqlite(join(app.dataFolder, begun.aside, 'certdesk.db'), { readonly: true });
    const trail = old.prepare("SELECT * FROM audit WHERE operation = 'backups.restore'").all();
    expect(JSON.stringify(trail)).toContain('Restoring the backup of');
    expect(old.prepare('SELECT domain FROM projects ORDER BY domain').pluck().all()).toEqual([
      'kept.example.com',
      'later.example.com',
    ]);
    old.close();
    expect(await readdir(app.dataFolder)).not.toContain('restoring');
    for (const output of [app.log.join(''), JSON.stringify(entries)])
      expect(output).not.toContain(PASSPHRASE);
    // Events for a client whose last one is ahead of all existing ones.
    const seen = app.app.engine.events.follow(1_000_000, new AbortController().signal);
    const next = seen.next();
    await app.project('after.example.com');
    expect((await next).value).toMatchObject({ kind: 'project.created' });
    await seen.return(undefined);
  });

  it('ends the session if a restart is to sign out, and says so', async () => {
    await app.asUser('PATCH', '/settings', { body: { sessions: { signOutOnRestart: true } } });
    file = await makeQuickBackup(app.dataFolder);
    const browser = createBrowser(app.app.address);
    await browser.signIn(secretOf(new URL(await app.app.signInLink())));
    const body = JSON.stringify({ file, passphrase: PASSPHRASE });
    const asked = await browser.post('/api/v1/backups/restore', body);
    expect(JSON.parse(asked.text)).toMatchObject({ signedIn: false });
    await again();
    expect(await app.app.engine.sessions.list()).toEqual([]);
  });
});

describe('a restore while a job is under way', () => {
  it('is refused, because the work of the job at its CA would be lost', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const directories = { production: `https://127.0.0.1:${port}/dir`, staging: undefined };
    /** The job starts while the backup is being read, after the first check. */
    const around = (ports: EnginePorts): EnginePorts => ({
      ...ports,
      backups: {
        ...ports.backups,
        async stage(asked) {
          const staged = await ports.backups.stage(asked);
          const headers = { Prefer: 'respond-async' };
          const path = `/projects/${id}/certificate/obtain`;
          const begun = await app.call('POST', path, { body: { challengeType: 'http-01' }, headers });
          expect(begun.status).toBe(202);
          return staged;
        },
      },
    });
    const app = await startApp({ platform: { directories, around } });
    const id = await app.project('busy.example.com');
    try {
      const body = { file: await makeQuickBackup(app.dataFolder), passphrase: PASSPHRASE };
      for (const when of ['begun meanwhile', 'begun before']) {
        const refused = await app.asUser('POST', '/backups/restore', { body });
        expect(refused.status, when).toBe(409);
        expect(refused.body).toMatchObject({ code: 'JOBS_UNDER_WAY', details: { running: 1, queued: 0 } });
        expect(refused.body.error).toMatch(/^1 job is running/);
        expect(await readdir(app.dataFolder)).not.toContain('restoring');
      }
    } finally {
      await app.stop();
      silent.close();
    }
  });
});
