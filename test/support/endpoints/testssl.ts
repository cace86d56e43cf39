// What Debian's testssl.sh says of a server's certificates, for comparison.
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { toolPath } from '../../../scripts/lib/find-tool.ts';
import { inPackages } from '../daemons/daemon.ts';
import type { OpenSsl } from '../tools/openssl.ts';
import { NAME } from './chains.ts';

/** Findings by their id (`cert_trust` …); without `cert_…` if it saw no certificate. */
export type Verdicts = Readonly<Record<string, string>>;

export interface TestsslOptions {
  /** Default: 127.0.0.1. */
  readonly address?: string;
  readonly port: number;
  /** PEM. */
  readonly root: string;
  /** Default: only the certificate, with openssl instead of its own sockets, which is faster. */
  readonly args?: readonly string[];
}

/** It needs some seconds, and hangs on servers that do not answer. */
const LIMIT_MS = 240_000;

export async function runTestssl(openssl: OpenSsl, options: TestsslOptions): Promise<Verdicts> {
  const { address = '127.0.0.1', port, root, args = ['-S', '--ssl-native'] } = options;
  const program = toolPath('CERTDESK_TEST_TESTSSL');
  const folder = await mkdtemp(join(tmpdir(), 'certdesk-testssl-'));
  const report = join(folder, 'report.json');
  const quiet = ['--quiet', '--color', '0', '--warnings', 'batch', '--nodns', 'none'];
  const where = [
    '--add-ca',
    await openssl.file(root),
    '--ip',
    address,
    ...(address.includes(':') ? ['-6'] : []),
  ];
  const child = promisify(execFile)(
    program,
    [...quiet, ...args, ...where, '--jsonfile', report, `${NAME}:${port}`],
    { env: { ...process.env, TESTSSL_INSTALL_DIR: inPackages(program, 'etc/testssl') }, timeout: LIMIT_MS },
  );
  child.child.stdin?.end();
  await child.catch(() => undefined); // its exit code counts findings
  const findings: readonly { id: string; finding: string }[] = JSON.parse(readFileSync(report, 'utf8'));
  await rm(folder, { recursive: true, force: true });
  return Object.fromEntries(findings.map(({ id, finding }) => [id, finding]));
}
