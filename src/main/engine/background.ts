// The port to work that would hold up the event loop: files and lists from outside are opened on another thread, within
// limits of time and memory. main/background implements it.
import type { X509Certificate } from 'node:crypto';
import type { KeyPairRequest } from '../../shared/certificate.ts';
import type { DirectoryOverrides } from './acme/directories.ts';
import type { Scan } from './import/scan.ts';
import type { Revoked } from './pki/inspect/crl.ts';
import type { FileContent } from './pki/read-upload.ts';
import type { CheckedKeyPair } from './pki/verify-certificate.ts';

/** A backup that can be restored. */
export interface VerifiedBackupFile {
  readonly createdAt: string;
  readonly certdesk: string;
  readonly schema: number;
  readonly projects: number;
  readonly certificates: number;
  /** The master key, DNS credentials and the like. */
  readonly secrets: number;
  readonly secretStore: 'keychain' | 'sealed-file';
}

/** Inputs and results are copied between threads, so they are plain data. */
export interface BackgroundTasks {
  /** What `readGivenPair` and then `checkKeyPair` say, and what each of `body.files` holds. @throws as they do (details.files) */
  checkKeyPair(input: {
    readonly body: KeyPairRequest;
    readonly domain: string | null;
    readonly altNames: readonly string[];
    readonly now: Date;
  }): Promise<CheckedKeyPair & { readonly files?: readonly FileContent[] | undefined }>;
  /** As `lookUp` of inspect/crl.ts. @param input.issuer DER */
  lookUpCrl(input: {
    readonly crl: Uint8Array;
    readonly url: string;
    readonly serial: Uint8Array;
    readonly issuer: X509Certificate['raw'];
    readonly now: Date;
  }): Promise<Revoked | null>;
  /** @throws INVALID_REQUEST (details.issues: folder) */
  scanFolder(input: {
    readonly folder: string;
    readonly now: Date;
    readonly directories: DirectoryOverrides;
    /** Where acme.sh is; null: its scripts are off. */
    readonly acmeShFolder: string | null;
  }): Promise<Scan>;
  /** Every byte of a backup file. @throws BACKUP_NOT_FOUND, PASSPHRASE_WRONG, BACKUP_UNREADABLE, BACKUP_FAILED */
  verifyBackup(input: { readonly file: string; readonly passphrase: string }): Promise<VerifiedBackupFile>;
  /** The database that was taken out of a backup, before it is restored. @throws BACKUP_UNREADABLE */
  inspectBackup(input: {
    /** The backup, for messages. */
    readonly file: string;
    readonly database: string;
    /** As the file holds them. */
    readonly header: unknown;
    readonly manifest: unknown;
  }): Promise<VerifiedBackupFile>;
}

export interface BackgroundOptions {
  /** Whose work it is: a principal's id. One task at a time for each owner; the others wait. */
  readonly owner: string;
  /** The caller has left: a task that waits is dropped, one that runs is stopped. */
  readonly signal?: AbortSignal | undefined;
}

export interface Background {
  /**
   * @throws what the task throws; TOO_MANY_REQUESTS (details.retryAfter in seconds) where too many of this owner wait;
   * the code of the task's kind of file where it exceeds its time or memory; the reason of `signal`; SHUTTING_DOWN.
   */
  run<Name extends keyof BackgroundTasks>(
    name: Name,
    input: Parameters<BackgroundTasks[Name]>[0],
    options: BackgroundOptions,
  ): Promise<Awaited<ReturnType<BackgroundTasks[Name]>>>;
  close(): Promise<void>;
}
