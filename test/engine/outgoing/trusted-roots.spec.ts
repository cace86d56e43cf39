// A root in the operating system's store is trusted by every TLS client of Certdesk.
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { trustedRoots } from '../../../src/main/engine/outgoing/trusted-roots.ts';
import { makeTls, type TestTls } from '../../support/acme/tls.ts';
import { type SmtpServer, startSmtpServer } from '../../support/engine/smtp-server.ts';
import { portOf } from '../../support/tools/ports.ts';

const PROGRAM = resolve(import.meta.dirname, '../../support/tools/trusting-program.ts');
let folder: string;
let tls: TestTls;
let web: Server;
let mail: SmtpServer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'certdesk-roots-'));
  tls = await makeTls(folder);
  web = createServer({ cert: tls.cert, key: tls.key }, (_, reply) => reply.end('ok'));
  web.listen(0, '127.0.0.1');
  await once(web, 'listening');
  mail = await startSmtpServer({ mode: 'tls', tls });
});
afterAll(async () => {
  web?.closeAllConnections();
  web?.close();
  await mail?.stop();
  await rm(folder, { recursive: true, force: true });
});

async function outcomes(env: Readonly<Record<string, string>>): Promise<unknown> {
  const args = [PROGRAM, `https://127.0.0.1:${portOf(web)}/`, String(mail.port)];
  const { stdout } = await promisify(execFile)(process.execPath, args, { env: { ...process.env, ...env } });
  return JSON.parse(stdout);
}

describe('a root in the system’s store', () => {
  it('is trusted by webhooks, APIs and mail, although Node alone does not read that store', async () => {
    expect(await outcomes({ SSL_CERT_FILE: join(folder, 'root.pem') })).toEqual({
      https: 'trusted',
      mail: 'trusted',
      withoutOurRoots: expect.stringContaining('certificate'),
    });
  });

  it('is needed: without it the servers are not trusted', async () => {
    expect(await outcomes({})).toMatchObject({
      https: expect.stringContaining('certificate'),
      mail: expect.stringContaining('certificate'),
    });
  });
});

it('the roots are those of Node and of the system, each once', () => {
  const roots = trustedRoots();
  expect(roots.length).toBeGreaterThan(100);
  expect(new Set(roots).size).toBe(roots.length);
});
