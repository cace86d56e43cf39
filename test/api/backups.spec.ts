// Backups through the API, with the passphrase's full cost: created, listed, verified, and for whom.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PASSPHRASE } from '../support/engine/backup-data.ts';
import { startApp, type TestApp } from '../support/server/app.ts';

describe('backups through the API', () => {
  let app: TestApp;
  beforeEach(async () => {
    app = await startApp();
  });
  afterEach(() => app?.stop());

  it('need a passphrase, are listed and verified, and restore with the command that is shown', async () => {
    expect((await app.call('POST', '/backups')).body).toMatchObject({ code: 'BACKUP_PASSPHRASE_NOT_SET' });
    const short = await app.asUser('POST', '/backups/passphrase', { body: { passphrase: 'short' } });
    expect(short.body).toMatchObject({ details: { issues: [{ field: 'passphrase' }] } });
    const set = await app.asUser('POST', '/backups/passphrase', { body: { passphrase: PASSPHRASE } });
    expect(set.body).toEqual({ passphraseSet: true });
    const made = await app.call('POST', '/backups');
    expect(made.status, made.text).toBe(201);
    const { body: list } = await app.call('GET', '/backups');
    expect(list).toMatchObject({
      passphraseSet: true,
      nextAt: null,
      lastAt: made.body.createdAt,
      backups: [made.body],
    });
    const file = join(app.dataFolder, 'backups', String(made.body.name));
    expect(made.body.restoreCommand).toBe(
      `certdesk backup restore ${file} --data-dir ${app.dataFolder} --keep-aside`,
    );
    const verified = await app.call('POST', `/backups/${made.body.name}/verify`);
    expect(verified.body).toMatchObject({ projects: 0, secretStore: 'sealed-file' });
    expect((await app.call('POST', '/backups/nothing/verify')).body.code).toBe('BACKUP_NOT_FOUND');
    const check = (more: object) =>
      app.asUser('POST', '/backups/check', { body: { file, passphrase: PASSPHRASE, ...more } });
    expect((await check({})).body).toEqual({
      ...verified.body,
      newer: false,
      here: { certdesk: '0.0.0-test', projects: 0, certificates: 0, secrets: 1, secretStore: 'sealed-file' },
      restoreCommand: made.body.restoreCommand,
    });
    expect((await check({ passphrase: 'another one altogether' })).body.code).toBe('PASSPHRASE_WRONG');
    expect((await check({ file: 'relative' })).body.details).toMatchObject({ issues: [{ field: 'file' }] });
    expect((await check({ file: `${file}.none` })).body.code).toBe('BACKUP_NOT_FOUND');
    await writeFile(file, 'damaged');
    expect((await check({})).body.code).toBe('BACKUP_UNREADABLE');
    expect((await app.call('POST', `/backups/${made.body.name}/verify`)).body.code).toBe('BACKUP_UNREADABLE');
    const { text } = await app.call('GET', '/audit');
    expect(text).toContain('backups.create');
    for (const output of [text, app.log.join(''), (await app.call('GET', '/settings')).text])
      expect(output).not.toContain(PASSPHRASE);
  });

  it('are refused to a token limited to projects, and need an absolute folder', async () => {
    const token = await app.makeToken(['projects:write'], [await app.project('a.example.com')]);
    const given = (path: string) =>
      path === '/check' ? { body: { file: '/x', passphrase: PASSPHRASE } } : {};
    for (const [method, path] of [
      ['GET', ''],
      ['POST', ''],
      ['POST', '/x/verify'],
      ['POST', '/check'],
    ] as const)
      expect((await app.call(method, `/backups${path}`, { token, ...given(path) })).status).toBe(403);
    const body = { backup: { folder: 'relative' } };
    expect((await app.asUser('PATCH', '/settings', { body })).body).toMatchObject({
      details: { issues: [{ field: 'backup.folder' }] },
    });
  });
});
