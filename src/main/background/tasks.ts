// The tasks that run on the background threads.
import { X509Certificate } from 'node:crypto';
import type { BackupHeader, Manifest } from '../backup/format.ts';
import { inspectDatabase, verifyBackup } from '../backup/verify.ts';
import type { BackgroundTasks } from '../engine/background-tasks.ts';
import { CertdeskError } from '../engine/core/errors.ts';
import { readHostFile } from '../engine/hosts/read-host-file.ts';
import { scanFolder } from '../engine/import/scan.ts';
import { findRevocation } from '../engine/pki/inspect/crl.ts';
import { describeFiles, readGivenPair } from '../engine/pki/read-upload.ts';
import { checkKeyPair } from '../engine/pki/verify-certificate.ts';

export const TASKS: BackgroundTasks = {
  async checkKeyPair({ body, ...project }) {
    let files = body.files && describeFiles(body.files);
    try {
      const { files: opened = files, ...given } = await readGivenPair(body);
      files = opened;
      return { ...checkKeyPair({ ...given, ...project }), files };
    } catch (error) {
      if (files === undefined || !(error instanceof CertdeskError)) throw error;
      throw error.reword(error.message, { ...Object(error.details), files });
    }
  },
  lookUpCrl: async ({ crl, serial, issuer, ...rest }) =>
    findRevocation({
      crl: Buffer.from(crl.buffer, crl.byteOffset, crl.byteLength),
      leaf: { serial: Buffer.from(serial) },
      issuer: new X509Certificate(issuer),
      ...rest,
    }),
  scanFolder: ({ folder, ...options }) => scanFolder(options, folder),
  readHostFile: async ({ text, format }) => readHostFile(text, format),
  inspectBackup: async ({ file, database, header, manifest }) =>
    inspectDatabase(file, database, {
      header: header as BackupHeader,
      manifest: manifest as Manifest,
    }),
  verifyBackup: ({ file, passphrase }) => verifyBackup(file, passphrase),
};
