// Creates a backup: takes a snapshot, collects secrets, writes the file and verifies it. Only then it gets its final
// name.

import { readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CertdeskError } from '../engine/core/errors.ts';
import { invalid } from '../engine/core/invalid.ts';
import type { SecretStore } from '../engine/core/ports.ts';
import { makeFolder } from '../make-folder.ts';
import { withFileLock } from '../secrets/file-lock.ts';
import { syncFolder } from '../secrets/private-file.ts';
import { databasePath } from '../storage/data-folder.ts';
import { guardedBy } from './file-failure.ts';
import { backupName, type FoundBackup, partialName, shortOf } from './folder.ts';
import { noteLastBackup } from './last-backup.ts';
import { readBackup } from './read-file.ts';
import { removeSnapshot, type SnapshotFacts, takeSnapshot } from './snapshot.ts';
import { writeBackup } from './write-file.ts';

const MIN_PASSPHRASE = 12;
const SNAPSHOT = 'certdesk.db.snapshot';
const LOCK_WAIT_MS = 120_000;

/** Reports each step; tests end the process there. */
export type CreateStep = 'snapshot' | 'secrets' | 'written' | 'verified' | 'named' | 'noted';

export interface CreateBackup {
  readonly dataFolder: string;
  readonly secrets: SecretStore;
  /** The version of Certdesk. */
  readonly version: string;
  /** UTC, `2026-11-23T18:00:00Z`. */
  readonly createdAt: string;
  /** The folder for the backup; created if missing. */
  readonly folder: string;
  readonly passphrase: string;
  /** scrypt's N; smaller in tests. */
  readonly cost?: number;
  readonly onStep?: (step: CreateStep) => void;
}

/**
 * Creates one backup at a time per data folder, with or without a running server. The returned backup is on the disk
 * and verified. If the process ends early, it leaves at most a partial file, which the next backup removes.
 * @throws BACKUP_FAILED (disk full, read-only, damaged database), SECRET_STORE_UNAVAILABLE, INVALID_REQUEST
 */
export async function createBackup(asked: CreateBackup): Promise<FoundBackup> {
  checkPassphrase(asked.passphrase);
  const { dataFolder, folder } = asked;
  await guardedBy(`The backup folder ${folder}`, () => makeFolder(folder).catch(unmakeable(folder)));
  return guardedBy(`The data folder ${dataFolder}`, () =>
    withFileLock(join(dataFolder, 'backup.lock'), LOCK_WAIT_MS, () => create(asked)),
  );
}

/**
 * Requires a strong passphrase, because a backup contains every key and may fall into any hands.
 * @throws INVALID_REQUEST
 */
function checkPassphrase(passphrase: string): void {
  if ([...passphrase].length >= MIN_PASSPHRASE) return;
  throw invalid('passphrase', `at least ${MIN_PASSPHRASE} characters; four random words work well`);
}

/** Explains ENOENT for a folder in a place where nothing can be created, such as below /proc. */
function unmakeable(folder: string): (error: unknown) => never {
  return (error) => {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    const message = `The backup folder ${folder} cannot be created: nothing can be stored there. Use another folder`;
    throw new CertdeskError('BACKUP_FAILED', message, { place: folder, code: 'ENOENT' }, { cause: error });
  };
}

async function create(asked: CreateBackup): Promise<FoundBackup> {
  const { dataFolder, folder, onStep = () => undefined } = asked;
  const snapshot = join(dataFolder, SNAPSHOT);
  await removeSnapshot(snapshot); // of a process that was ended: the lock is ours
  try {
    const before = await readSecrets(asked.secrets);
    const facts = await guardedBy(`The data folder ${dataFolder}`, () =>
      takeSnapshot(databasePath(dataFolder), snapshot),
    );
    onStep('snapshot');
    // Reads secrets before and after the snapshot: a row of it may need a secret from either, and the later value is
    // correct.
    const secrets = { ...before, ...(await readSecrets(asked.secrets)) };
    onStep('secrets');
    const written = await guardedBy(`The backup folder ${folder}`, () =>
      write(asked, { facts, secrets, snapshot }),
    );
    await noteLastBackup(dataFolder, { folder, name: written.name, installation: facts.installation });
    onStep('noted');
    return written;
  } finally {
    await removeSnapshot(snapshot);
  }
}

async function readSecrets(secrets: SecretStore): Promise<Readonly<Record<string, string>>> {
  const read: Record<string, string> = {};
  for (const name of await secrets.names()) {
    const value = await secrets.get(name);
    if (value !== null) read[name] = value;
  }
  return read;
}

interface Contents {
  readonly facts: SnapshotFacts;
  readonly secrets: Readonly<Record<string, string>>;
  readonly snapshot: string;
}

async function write(asked: CreateBackup, { facts, secrets, snapshot }: Contents): Promise<FoundBackup> {
  const { folder, passphrase, createdAt, version, cost, onStep = () => undefined } = asked;
  await removePartial(folder, facts.installation);
  const name = await freeName(folder, facts.installation, createdAt);
  const partial = join(folder, partialName(name));
  const header = { createdAt, certdesk: version, ...facts };
  try {
    const source = { header, manifest: { secretStore: asked.secrets.kind, secrets }, databasePath: snapshot };
    const hash = await writeBackup(partial, {
      ...source,
      passphrase,
      ...(cost === undefined ? {} : { cost }),
    });
    onStep('written');
    const { sha256 } = await readBackup(partial, passphrase, null);
    if (sha256 !== hash) {
      throw new CertdeskError(
        'BACKUP_FAILED',
        `What was written to ${folder} reads differently: check that disk`,
      );
    }
    onStep('verified');
    await rename(partial, join(folder, name));
    await syncFolder(folder);
    onStep('named');
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
  return { name, bytes: (await stat(join(folder, name))).size, ...header };
}

async function removePartial(folder: string, installation: string): Promise<void> {
  const own = `certdesk-${shortOf(installation)}-`;
  for (const name of await readdir(folder)) {
    if (name.startsWith(own) && name.endsWith(partialName('.cdbackup')))
      await rm(join(folder, name), { force: true });
  }
}

async function freeName(folder: string, installation: string, createdAt: string): Promise<string> {
  const taken = new Set(await readdir(folder));
  for (let again = 0; ; again += 1) {
    const name = backupName(installation, createdAt, again);
    if (!taken.has(name)) return name;
  }
}
