// Verifies that a backup can be restored: every byte of the file, and the database in it.
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import type { VerifiedBackupFile } from '../engine/backups/background-tasks.ts';
import { MASTER_KEY_NAME } from '../secrets/vault.ts';
import { type BackupHeader, type Manifest, unreadable } from './format.ts';
import { readBackup } from './read-file.ts';

export type VerifiedBackup = VerifiedBackupFile;

/**
 * Extracts the database to a private temporary folder and deletes it afterwards. Its keys stay encrypted there.
 * @throws PASSPHRASE_WRONG, BACKUP_UNREADABLE, BACKUP_FAILED
 */
export async function verifyBackup(path: string, passphrase: string): Promise<VerifiedBackup> {
  const folder = await mkdtemp(join(tmpdir(), 'certdesk-verify-'));
  try {
    const database = join(folder, 'certdesk.db');
    const { header, manifest } = await readBackup(path, passphrase, database);
    return inspectDatabase(path, database, { header, manifest });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * @param path The backup, for error messages.
 * @throws BACKUP_UNREADABLE if the master key does not match the database
 */
export function inspectDatabase(
  path: string,
  database: string,
  { header, manifest }: { readonly header: BackupHeader; readonly manifest: Manifest },
): VerifiedBackup {
  const sqlite = new Sqlite(database, { readonly: true });
  try {
    const [verdict] = sqlite.pragma('quick_check(1)') as { quick_check: string }[];
    if (verdict?.quick_check !== 'ok')
      throw unreadable(path, `its database is damaged (${verdict?.quick_check})`);
    const setting = sqlite.prepare('SELECT value FROM settings WHERE key = ?').pluck();
    const expected: unknown = JSON.parse(String(setting.get('master-key-id') ?? 'null'));
    if (typeof expected === 'string' && masterKeyId(manifest) !== expected) {
      throw unreadable(path, 'its master key does not match its database');
    }
    return {
      createdAt: header.createdAt,
      certdesk: header.certdesk,
      schema: header.schema,
      ...countContents(sqlite),
      secrets: Object.keys(manifest.secrets).length,
      secretStore: manifest.secretStore,
    };
  } finally {
    sqlite.close();
  }
}

export function countContents(sqlite: Sqlite.Database) {
  const count = (table: 'projects' | 'certificates') =>
    Number(sqlite.prepare(`SELECT count(*) FROM ${table}`).pluck().get());
  return { projects: count('projects'), certificates: count('certificates') };
}

/** Computes the key's ID as the vault does. */
function masterKeyId({ secrets }: Manifest): string | null {
  const key = secrets[MASTER_KEY_NAME];
  if (key === undefined) return null;
  return createHash('sha256').update(Buffer.from(key, 'base64')).digest('hex').slice(0, 16);
}
