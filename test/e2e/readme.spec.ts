// The README's commands, except npm ci. The REST example runs unchanged: in an empty home folder, on other ports, with
// Pebble as the CA, set by environment variables.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ensureBuilt } from '../../scripts/lib/build.ts';
import { type Pebble, startPebble } from '../support/acme/pebble.ts';
import { startOnPorts, TCP } from '../support/tools/ports.ts';
import { describeWith } from '../support/tools/tools.ts';

const ROOT = resolve(import.meta.dirname, '../..');

/** The first shell block under a heading. */
async function blockUnder(heading: string): Promise<string> {
  const text = await readFile(join(ROOT, 'README.md'), 'utf8');
  const [, section = ''] = text.split(`\n## ${heading}\n`);
  const [, block = ''] = /^```sh\n(.*?)^```$/ms.exec(section) ?? [];
  return block;
}

describeWith('pebble', 'the README', () => {
  let folder: string;
  let pebble: Pebble;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'certdesk-readme-'));
    expect(await ensureBuilt()).toBeNull();
    pebble = await startPebble();
    await writeFile(join(folder, 'root.pem'), pebble.rootPem);
  }, 600_000);
  afterAll(async () => {
    await pebble?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('obtains a certificate by REST with the commands as printed', async () => {
    const block = await blockUnder('First certificate by the REST API');
    expect(block).toContain('127.0.0.1:7878/');
    await startOnPorts([TCP], async ([port = 0], release) => {
      await runBlock(block, port);
      release();
    });
  });

  it('shows a first certificate with npm run demo', async () => {
    const [, command = ''] = (await blockUnder('Try it')).trimEnd().split('\n');
    expect(command).toBe('npm run demo -- --stay');
    const shell = spawn('bash', ['-c', command], { cwd: ROOT, detached: true });
    try {
      let output = '';
      for (const stream of [shell.stdout, shell.stderr])
        stream.on('data', (chunk: Buffer) => (output += chunk));
      await expect.poll(() => output).toMatch(/Sign in with this link, once: http:\S+\n/);
      expect(output).toContain('certificate.pem: OK');
    } finally {
      process.kill(-(shell.pid ?? 0), 'SIGINT');
      await once(shell, 'close');
    }
  });

  /** Rejects with the block's output if it did not obtain a certificate. */
  async function runBlock(block: string, port: number): Promise<void> {
    const script = block.replaceAll('127.0.0.1:7878/', `127.0.0.1:${port}/`);
    const { XDG_DATA_HOME: _, ...own } = process.env;
    const env = {
      ...own,
      HOME: folder,
      CERTDESK_PORT: String(port),
      CERTDESK_SECRET_STORE: 'sealed-file',
      CERTDESK_CHALLENGE_HOST: '127.0.0.1',
      CERTDESK_CHALLENGE_PORT: String(pebble.httpPort),
      CERTDESK_VALIDATION_PORT: String(pebble.httpPort),
      CERTDESK_ACME_DIRECTORY: pebble.directoryUrl,
      CERTDESK_ACME_STAGING_DIRECTORY: pebble.directoryUrl,
      CERTDESK_ACME_CA_FILE: join(folder, 'root.pem'),
    };
    // The server that it leaves behind is in the same process group, and is ended with it.
    const shell = spawn('bash', ['-c', script], { cwd: ROOT, env, detached: true });
    try {
      let [output, errors] = ['', ''];
      shell.stdout.on('data', (chunk: Buffer) => (output += chunk));
      shell.stderr.on('data', (chunk: Buffer) => (errors += chunk));
      // Otherwise the block would wait for a server that never answers.
      const portTaken = new Promise((_, reject) =>
        shell.stderr.on('data', () => {
          if (errors.includes('another program uses that port')) reject(new Error(errors));
        }),
      );
      await Promise.race([once(shell, 'exit'), portTaken]);
      await expect.poll(() => output).toMatch(/^\{.*\}$/m);
      const answers = output.split('\n').filter((line) => line.startsWith('{'));
      expect(answers.map((line) => JSON.parse(line))).toMatchObject([
        { success: true, certificate: { domain: 'api.example.com' } },
      ]);
      expect(errors).not.toMatch(/curl|contains no Certdesk data|Error/);
    } finally {
      process.kill(-(shell.pid ?? 0), 'SIGTERM');
      await once(shell, 'close');
    }
  }
});
