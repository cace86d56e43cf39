// A throwaway root and a server certificate for 127.0.0.1 and localhost, created by openssl.
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { toolPath } from '../../../scripts/lib/find-tool.ts';

const run = promisify(execFile);

export interface TestTls {
  /** PEM of the root that a client must trust. */
  readonly rootPem: string;
  readonly certPath: string;
  readonly keyPath: string;
  /** PEM, for servers of this process. */
  readonly cert: string;
  readonly key: string;
}

/** Writes `root.pem`, `cert.pem` and `key.pem` into the folder. The certificate names localhost and 127.0.0.1. */
export async function makeTls(folder: string): Promise<TestTls> {
  const [root, rootKey, cert, key] = ['root.pem', 'root-key.pem', 'cert.pem', 'key.pem'].map((name) =>
    join(folder, name),
  ) as [string, string, string, string];
  const common = [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-days',
    '2',
  ];
  await run(toolPath('CERTDESK_TEST_OPENSSL'), [
    ...common,
    ...['-keyout', rootKey, '-out', root, '-subj', '/CN=Certdesk test root'],
    ...['-addext', 'keyUsage=critical,keyCertSign'],
  ]);
  await run(toolPath('CERTDESK_TEST_OPENSSL'), [
    ...common,
    ...['-CA', root, '-CAkey', rootKey, '-keyout', key, '-out', cert, '-subj', '/CN=localhost'],
    ...['-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'],
    ...['-addext', 'basicConstraints=critical,CA:FALSE'],
  ]);
  return {
    rootPem: await readFile(root, 'utf8'),
    certPath: cert,
    keyPath: key,
    cert: await readFile(cert, 'utf8'),
    key: await readFile(key, 'utf8'),
  };
}

/** A temporary folder, and its removal. */
export async function makeFolder(prefix: string): Promise<{ path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), `certdesk-${prefix}-`));
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 5 }) };
}
