// The SSH client in the built program: without its native parts, and without node_modules, as in the packaged application.
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ensureBuilt } from '../../scripts/lib/build.ts';
import { needsRoot, startSshHost } from '../support/deploy/ssh-host.ts';
import { describeWith } from '../support/tools/tools.ts';

const CHUNKS = resolve(import.meta.dirname, '../../out/main');

describeWith(['sshd', 'openssl'], 'the bundled SSH client', () => {
  let folder: string;
  let chunk: string;
  beforeAll(async () => {
    expect(await ensureBuilt()).toBeNull();
    folder = mkdtempSync(join(tmpdir(), 'certdesk-bundle-')); // no node_modules above it
    cpSync(CHUNKS, folder, { recursive: true });
    const found = readdirSync(join(folder, 'chunks')).filter((name) =>
      readFileSync(join(folder, 'chunks', name), 'utf8').includes('SSH-2.0-'),
    );
    expect(found).toHaveLength(1);
    chunk = join(folder, 'chunks', found[0] ?? '');
  }, 600_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('has no native parts, and tries none', () => {
    const text = readFileSync(chunk, 'utf8');
    expect(text).not.toMatch(/require\(["'][^"']*(sshcrypto|cpu-features)/);
  });

  it.skipIf(needsRoot !== null)('logs in to a host', async () => {
    const host = await startSshHost();
    try {
      const { default: ssh2 }: { default: typeof import('ssh2') } = await import(pathToFileURL(chunk).href);
      const client = new ssh2.Client();
      const output = await new Promise((done, reject) => {
        client.on('error', reject).on('ready', () =>
          client.exec('echo works', (error, channel) => {
            if (error) return reject(error);
            channel.on('data', (data: Buffer) => done(data.toString()));
          }),
        );
        const { address, port, user } = host.target();
        client.connect({
          host: address,
          port,
          username: user,
          privateKey: host.privateKey,
          hostVerifier: () => true,
        });
      });
      client.end();
      expect(output).toBe('works\n');
    } finally {
      await host.stop();
    }
  });
});
