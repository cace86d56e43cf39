// Backups on real files: they restore to another folder and into another secret store, and altered ones are refused.
import { execFileSync } from 'node:child_process';
import { chmod, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CreateBackup, createBackup } from '../../src/main/backup/create.ts';
import { listBackups, pathOf, pruneBackups } from '../../src/main/backup/folder.ts';
import { CHUNK_PREFIX_BYTES, PREFIX_BYTES } from '../../src/main/backup/format.ts';
import { readBackup } from '../../src/main/backup/read-file.ts';
import { type Restore, restoreBackup } from '../../src/main/backup/restore.ts';
import { verifyBackup } from '../../src/main/backup/verify.ts';
import { createKeychain } from '../../src/main/secrets/keychain.ts';
import { createSealedFile } from '../../src/main/secrets/sealed-file.ts';
import { databasePath, lockDataFolder } from '../../src/main/storage/data-folder.ts';
import { MIGRATIONS } from '../../src/main/storage/migrations/index.ts';
import {
  type BackupData,
  makeBackupData,
  PASSPHRASE,
  QUICK,
  readBackupData,
} from '../support/engine/backup-data.ts';

let data: BackupData;
beforeEach(async () => {
  data = await makeBackupData();
});
afterEach(() => data?.remove());

const create = async (more: Partial<CreateBackup> = {}): Promise<string> => {
  const { dataFolder, secrets, backups: folder } = data;
  const usual = { dataFolder, secrets, folder, version: '1.2.3', createdAt: '2026-01-02T03:04:05Z' };
  const asked = { ...usual, passphrase: PASSPHRASE, cost: QUICK, ...more };
  return join(asked.folder, (await createBackup(asked)).name);
};
const restore = (file: string, more: Partial<Restore> = {}) =>
  restoreBackup({
    file,
    passphrase: PASSPHRASE,
    dataFolder: join(data.root, 'elsewhere'),
    secretStore: 'sealed-file',
    keepAside: false,
    now: new Date('2026-01-03T00:00:00Z'),
    ...more,
  });
const failing = (code: string, message: RegExp = /./) =>
  expect.objectContaining({ code, message: expect.stringMatching(message) });

describe('a backup', () => {
  it('is one private file that reveals nothing, and restores completely on another machine', async () => {
    const file = await create();
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readdir(data.backups)).toHaveLength(1);
    const bytes = await readFile(file, 'latin1');
    for (const secret of [
      'shop.example.com',
      'keep-me',
      'SQLite format',
      String(await data.secrets.get('master-key')),
    ])
      expect(bytes).not.toContain(secret);
    expect(await verifyBackup(file, PASSPHRASE)).toMatchObject({
      projects: 1,
      secrets: 2,
      certdesk: '1.2.3',
    });

    const restored = await restore(file);
    const folder = join(data.root, 'elsewhere');
    expect(restored).toMatchObject({ aside: null, newSecretStore: 'sealed-file' });
    const found = await readBackupData(folder, createSealedFile({ folder }));
    expect(found).toMatchObject({ domain: 'shop.example.com', key: 'the account key', sessions: 0 });
    expect(found.credential).toBe('{"apiToken":"keep-me"}');
    // Two with one id would share a keychain, and each would delete what the other needs.
    expect(found.installation).not.toBe(data.installation);
    expect((await readdir(folder)).toSorted()).toEqual([
      'certdesk.db',
      'certdesk.lock',
      'secrets.key',
      'secrets.sealed',
    ]);
  });

  it('moves to another kind of secret store and back', async () => {
    const entries = new Map<string, string>();
    const calls = {
      get: async (account: string) => entries.get(account) ?? null,
      set: async (account: string, value: string) => void entries.set(account, value),
      delete: async (account: string) => entries.delete(account),
      accounts: async () => [...entries.keys()],
    };
    const store = createKeychain({ service: 'test', platform: 'win32', calls });
    const folder = join(data.root, 'elsewhere');
    const openSecrets: Restore['openSecrets'] = async () => ({ store, kind: 'keychain', reason: '' });
    const restored = await restore(await create(), { secretStore: 'keychain', openSecrets });
    expect(restored).toMatchObject({ secretStore: 'sealed-file', newSecretStore: 'keychain' });
    expect(await readBackupData(folder, store)).toMatchObject({
      key: 'the account key',
      secretStore: 'keychain',
    });

    const again = await create({ dataFolder: folder, secrets: store, folder: join(data.root, 'again') });
    const third = join(data.root, 'third');
    await restore(again, { dataFolder: third });
    const found = await readBackupData(third, createSealedFile({ folder: third }));
    expect(found).toMatchObject({ key: 'the account key', secretStore: 'sealed-file' });
  });

  it('holds everything committed, even while another process writes', async () => {
    const writer = new Sqlite(databasePath(data.dataFolder));
    const write = writer.prepare("INSERT OR REPLACE INTO settings VALUES (?, '1')");
    writer.exec('BEGIN');
    write.run('not-committed');
    const file = await create({
      onStep(step) {
        if (step === 'snapshot') writer.exec('COMMIT');
      },
    });
    writer.close();
    const to = join(data.root, 'out.db');
    await readBackup(file, PASSPHRASE, to);
    const copy = new Sqlite(to, { readonly: true });
    const keys = copy.prepare('SELECT key FROM settings').pluck().all();
    copy.close();
    expect(keys).toContain('installation-id');
    expect(keys).not.toContain('not-committed');
  });

  it('is refused with a short passphrase', async () => {
    await expect(create({ passphrase: 'eleven char' })).rejects.toEqual(
      failing('INVALID_REQUEST', /12 characters/),
    );
    expect(await readdir(data.root)).not.toContain('backups');
  });

  it.runIf(process.platform === 'linux')('fails at once if its folder cannot be created', async () => {
    // Node's own recursive mkdir never ends there.
    for (const folder of ['/proc/certdesk-backups', '/proc/certdesk-backups/below'])
      await expect(create({ folder })).rejects.toEqual(
        failing('BACKUP_FAILED', /cannot be created: nothing can/),
      );
  });

  it('is refused for a damaged database, and for a folder that is not a folder', async () => {
    const blocked = join(data.root, 'a-file');
    await writeFile(blocked, '');
    await expect(create({ folder: join(blocked, 'below') })).rejects.toEqual(
      failing('BACKUP_FAILED', /is a file/),
    );
    const path = databasePath(data.dataFolder);
    const bytes = await readFile(path);
    bytes.fill(0x5a, 8_192, bytes.length - 8_192);
    await writeFile(path, bytes);
    await expect(create()).rejects.toEqual(failing('BACKUP_FAILED'));
    expect(await readdir(data.backups)).toEqual([]);
    expect((await readdir(data.dataFolder)).filter((name) => name.includes('snapshot'))).toEqual([]);
  });
});

describe('a file that was altered', () => {
  it('is refused with each byte changed, when cut, with chunks exchanged, left out or added', async () => {
    const large = new Sqlite(databasePath(data.dataFolder));
    large.prepare('INSERT INTO settings VALUES (?, ?)').run('large', JSON.stringify('x'.repeat(3 << 20)));
    large.close();
    const file = await create();
    const whole = await readFile(file);
    const refused = async (bytes: Buffer): Promise<void> => {
      await writeFile(file, bytes);
      await expect(readBackup(file, PASSPHRASE, null)).rejects.toEqual(
        expect.objectContaining({ code: expect.stringMatching(/^(BACKUP_UNREADABLE|PASSPHRASE_WRONG)$/) }),
      );
    };
    const step = Math.ceil(whole.length / 25);
    const head = PREFIX_BYTES + whole.readUInt32BE(PREFIX_BYTES - 4);
    const places = [...Array(head + CHUNK_PREFIX_BYTES).keys()].filter((place) => place % 13 === 0);
    for (let place = head; place < whole.length; place += step) places.push(place);
    for (const place of [...places, whole.length - 1]) {
      const changed = Buffer.from(whole);
      changed[place] = (changed[place] ?? 0) ^ 0x01;
      await refused(changed);
      await refused(whole.subarray(0, place));
    }
    await refused(Buffer.concat([whole, Buffer.of(0)]));
    const first = head + CHUNK_PREFIX_BYTES + whole.readUInt32BE(head + 1);
    const [start, manifest, rest] = [
      whole.subarray(0, head),
      whole.subarray(head, first),
      whole.subarray(first),
    ];
    await refused(Buffer.concat([start, rest, manifest]));
    // The first chunks of the database have the same length.
    const length = CHUNK_PREFIX_BYTES + rest.readUInt32BE(1);
    const [one, two] = [rest.subarray(0, length), rest.subarray(length, 2 * length)];
    await refused(Buffer.concat([start, manifest, two, one, rest.subarray(2 * length)]));
    await refused(Buffer.concat([start, manifest, one, one, rest.subarray(2 * length)]));
    await refused(Buffer.concat([start, manifest, one, rest.subarray(2 * length)]));
    await refused(Buffer.concat([start, manifest, manifest, rest]));
    await refused(Buffer.concat([start, rest]));
    await refused(Buffer.concat([start, manifest]));
    await writeFile(file, whole);
    await readBackup(file, PASSPHRASE, null);
  });

  it('gets the right reason: a wrong passphrase, another file, a newer layout', async () => {
    const file = await create();
    await expect(verifyBackup(file, 'something else entirely')).rejects.toEqual(failing('PASSPHRASE_WRONG'));
    const other = join(data.root, 'other');
    await writeFile(other, 'no backup at all, but long enough to be one');
    await expect(verifyBackup(other, PASSPHRASE)).rejects.toEqual(
      failing('BACKUP_UNREADABLE', /not a backup/),
    );
    const newer = await readFile(file);
    newer.writeUInt16BE(2, PREFIX_BYTES - 6);
    await writeFile(other, newer);
    await expect(verifyBackup(other, PASSPHRASE)).rejects.toEqual(failing('BACKUP_UNREADABLE', /format 2/));
    await expect(verifyBackup(join(data.root, 'none'), PASSPHRASE)).rejects.toEqual(
      failing('BACKUP_NOT_FOUND', /does not exist/),
    );
    const pipe = join(data.root, 'pipe');
    execFileSync('mkfifo', [pipe]);
    for (const path of [data.root, pipe])
      await expect(verifyBackup(path, PASSPHRASE)).rejects.toEqual(
        failing('BACKUP_UNREADABLE', /not a file/),
      );
  });
});

describe('a restore', () => {
  it('overwrites nothing: it refuses a folder with data, or moves the data aside', async () => {
    const file = await create();
    await expect(restore(file, { dataFolder: data.dataFolder })).rejects.toEqual(
      failing('INVALID_REQUEST', /--keep-aside/),
    );
    expect(await readBackupData(data.dataFolder, data.secrets)).toMatchObject({
      installation: data.installation,
    });
    const { aside } = await restore(file, { dataFolder: data.dataFolder, keepAside: true });
    const before = String(aside);
    expect(await readBackupData(before, createSealedFile({ folder: before }))).toMatchObject({
      installation: data.installation,
      key: 'the account key',
      sessions: 1,
    });
    expect(await readBackupData(data.dataFolder, data.secrets)).toMatchObject({
      key: 'the account key',
      sessions: 0,
    });
  });

  it('changes nothing if the passphrase is wrong, the store fails, or Certdesk runs there', async () => {
    const file = await create();
    const { dataFolder } = data;
    const before = await readdir(dataFolder);
    const onto = { dataFolder, keepAside: true };
    await expect(restore(file, { ...onto, passphrase: 'x' })).rejects.toEqual(failing('PASSPHRASE_WRONG'));
    const store = { ...data.secrets, set: async () => undefined, get: async () => null };
    const openSecrets: Restore['openSecrets'] = async () => ({ store, kind: 'sealed-file', reason: '' });
    await expect(restore(file, { ...onto, openSecrets })).rejects.toEqual(
      failing('SECRET_STORE_UNAVAILABLE'),
    );
    const release = lockDataFolder(dataFolder);
    await expect(restore(file, onto)).rejects.toEqual(failing('DATA_FOLDER_IN_USE'));
    release();
    expect((await readdir(dataFolder)).filter((name) => name !== 'certdesk.lock')).toEqual(
      before.filter((name) => name !== 'certdesk.lock'),
    );
    expect(await readBackupData(dataFolder, data.secrets)).toMatchObject({ installation: data.installation });
  });

  it('refuses a backup of a newer Certdesk', async () => {
    const sqlite = new Sqlite(databasePath(data.dataFolder));
    sqlite.pragma(`user_version = ${MIGRATIONS.length + 1}`);
    sqlite.close();
    await expect(restore(await create())).rejects.toEqual(failing('BACKUP_TOO_NEW'));
    expect(await readdir(data.root)).not.toContain('elsewhere');
  });
});

describe('the number of backups to keep', () => {
  it('counts only intact ones of this installation, and deletes no intact one for a damaged one', async () => {
    const made: string[] = [];
    for (const day of [1, 2, 3, 4, 5]) made.push(await create({ createdAt: `2026-01-0${day}T00:00:00Z` }));
    const [, , , fourth = ''] = made;
    const bytes = await readFile(fourth);
    bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1);
    await writeFile(fourth, bytes);
    const foreign = await makeBackupData();
    const other = await createBackup({
      ...foreign,
      folder: data.backups,
      version: '1',
      createdAt: '2025-01-01T00:00:00Z',
      passphrase: PASSPHRASE,
      cost: QUICK,
    });
    await foreign.remove();
    const { backups: folder, dataFolder } = data;
    const removed = await pruneBackups({ folder, dataFolder, passphrase: PASSPHRASE, keep: 2 });
    const days = (names: readonly string[]) => names.map((name) => /-(\d{8})T/.exec(name)?.[1]).toSorted();
    expect(days(removed)).toEqual(['20260101', '20260102']);
    const left = await listBackups(folder);
    expect(days(left.map(({ name }) => name))).toEqual(['20250101', '20260103', '20260104', '20260105']);
    expect(left.at(-1)?.name).toBe(other.name);
    // A passphrase that opens none of them removes none.
    expect(await pruneBackups({ folder, dataFolder, passphrase: 'another one', keep: 1 })).toEqual([]);
  });

  it('is not affected by file names that lead elsewhere', () => {
    for (const name of ['../x.cdbackup', '/etc/passwd', 'certdesk-a-20260101T000000Z.cdbackup/../x', ''])
      expect(() => pathOf(data.backups, name)).toThrow(failing('BACKUP_NOT_FOUND'));
  });

  it('gives two backups in one second different names, and reports an unreadable folder', async () => {
    const names = [await create(), await create()];
    expect(new Set(names).size).toBe(2);
    expect(await listBackups(join(data.root, 'none'))).toEqual([]);
    if (process.getuid?.() === 0) return; // root may read everything
    await chmod(data.backups, 0);
    await expect(listBackups(data.backups)).rejects.toEqual(failing('BACKUP_FAILED', /may not use it/));
    await chmod(data.backups, 0o700);
  });
});
