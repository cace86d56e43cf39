// The built server for a user: started as a process, killed without warning, restarted.
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ensureBuilt } from '../../scripts/lib/build.ts';
import { toolPath } from '../../scripts/lib/find-tool.ts';
import { type Pebble, startPebble } from '../support/acme/pebble.ts';
import { pebbleArgs, runCertdesk, type Server, startServer } from '../support/server/server.ts';
import { describeWith } from '../support/tools/tools.ts';

const OBTAIN = { challengeType: 'http-01', keyType: 'ec' };

describeWith('pebble', 'the built server', () => {
  let folder: string;
  let pebble: Pebble;
  let args: readonly string[];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'certdesk-e2e-'));
    expect(await ensureBuilt()).toBeNull();
    pebble = await startPebble();
    args = await pebbleArgs(folder, pebble);
  }, 600_000);
  afterAll(async () => {
    await pebble?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  // A test that fails halfway leaves no server behind whose port would fail the next one.
  const started: Server[] = [];
  const start = async (dataFolder: string, given: readonly string[] = args): Promise<Server> => {
    const server = await startServer({ dataFolder, args: given });
    started.push(server);
    return server;
  };
  afterEach(async () => {
    for (const server of started.splice(0)) await server.stop('SIGKILL');
  });

  const newToken = async (dataFolder: string): Promise<string> => {
    const made = ['token', 'create', '--data-dir', dataFolder, '--name', 'e2e', '--scope', 'projects:write'];
    return (await runCertdesk(made)).trim();
  };

  it('keeps what it answered after SIGKILL and a restart', async () => {
    const dataFolder = join(folder, 'killed');
    let server = await start(dataFolder);
    const token = await newToken(dataFolder);
    const restart = async (before: Server): Promise<Server> => {
      expect(await before.stop('SIGKILL')).toBe('SIGKILL');
      return start(dataFolder);
    };
    const { body: project } = await server.call('POST', '/projects', {
      token,
      body: { domain: 'kill.example.com' },
    });
    server = await restart(server);
    const path = `/projects/${project.id}/certificate`;
    expect((await server.call('GET', `/projects/${project.id}`, { token })).body.domain).toBe(
      'kill.example.com',
    );

    const obtained = await server.call('POST', `${path}/obtain`, { token, body: OBTAIN });
    server = await restart(server);
    const { body: kept } = await server.call('GET', path, { token });
    expect(kept).toMatchObject({
      domain: 'kill.example.com',
      issuedAt: obtained.body.certificate?.issuedAt,
      expiresAt: obtained.body.certificate?.expiresAt,
    });
    // The key is there too, and matches the certificate.
    const exported = await server.call('GET', `${path}/download?format=key`, { token });
    const leaf = await server.call('GET', `${path}/download?format=pem`, { token });
    expect(await publicKey(['pkey', '-pubout'], exported.text)).toBe(
      await publicKey(['x509', '-noout', '-pubkey'], leaf.text),
    );

    await server.call('POST', `${path}/revoke`, { token });
    server = await restart(server);
    expect((await server.call('GET', `${path}/status`, { token })).body.status).toBe('revoked');
    await server.call('DELETE', path, { token });
    server = await restart(server);
    expect((await server.call('GET', path, { token })).text).toBe('null');
    expect(await server.stop()).toBe(0);
  });

  it('resumes a job during which it was killed', async () => {
    const slow = await startPebble({ env: { PEBBLE_VA_NOSLEEP: '0', PEBBLE_VA_SLEEPTIME: '8' } });
    const dataFolder = join(folder, 'midway');
    const slowArgs = await pebbleArgs(folder, slow);
    let server = await start(dataFolder, slowArgs);
    const token = await newToken(dataFolder);
    const { body: project } = await server.call('POST', '/projects', {
      token,
      body: { domain: 'midway.example.com' },
    });
    const path = `/projects/${project.id}/certificate`;
    const headers = { Prefer: 'respond-async' };
    const accepted = await server.call('POST', `${path}/obtain`, { token, body: OBTAIN, headers });
    const job = `/jobs/${accepted.body.job?.id}`;
    // The first issuance loads more code, which takes time on a busy machine.
    const step = async () => (await server.call('GET', job, { token })).body.step;
    await expect.poll(step).toBe('validation');
    // The CA is stopped meanwhile; otherwise it would validate while nothing answers.
    process.kill(slow.pid, 'SIGSTOP');
    await server.stop('SIGKILL');
    server = await start(dataFolder, slowArgs);
    process.kill(slow.pid, 'SIGCONT');
    try {
      await expect.poll(async () => (await server.call('GET', job, { token })).body.state).toBe('succeeded');
      expect((await server.call('GET', path, { token })).body.domain).toBe('midway.example.com');
      // Pebble validates after 0 to 8 s: if that was during the kill, the order is invalid, rightly.
      const orders = slow.requests().filter((request) => request.includes('order-plz'));
      expect(orders).toHaveLength(slow.output().includes('set INVALID by completed challenge') ? 2 : 1);
    } finally {
      await slow.stop();
    }
  });

  it('stores no key or token in clear, in files that only its owner may read', async () => {
    const dataFolder = join(folder, 'secret');
    const server = await start(dataFolder);
    const token = await newToken(dataFolder);
    const { body: project } = await server.call('POST', '/projects', {
      token,
      body: { domain: 'secret.example.com' },
    });
    const path = `/projects/${project.id}/certificate`;
    const obtained = await server.call('POST', `${path}/obtain`, { token, body: OBTAIN });
    expect(obtained.status, obtained.text).toBe(200);
    const key = (await server.call('GET', `${path}/download?format=key`, { token })).text;
    const middle = key.split('\n')[1] ?? '';
    expect(middle).toHaveLength(64);
    for (const name of await readdir(dataFolder)) {
      const bytes = await readFile(join(dataFolder, name), 'latin1');
      for (const secret of ['PRIVATE KEY', middle, token])
        expect(bytes.includes(secret), `${secret} in ${name}`).toBe(false);
    }
    for (const secret of ['PRIVATE KEY', middle, token]) expect(server.output()).not.toContain(secret);
    await server.stop();
  });

  describe('refuses to start with one line and exit code 2', () => {
    const refusal = async (given: readonly string[]): Promise<string> => {
      const failed = await runCertdesk(given).then(
        () => ({ code: 0, stderr: '' }),
        (error: { code: number; stderr: string }) => error,
      );
      expect(failed.code).toBe(2);
      expect(failed.stderr.trim().split('\n')).toHaveLength(1);
      return failed.stderr;
    };
    const serve = (name: string, ...more: string[]) => [
      'serve',
      '--data-dir',
      join(folder, name),
      '--port',
      '0',
      ...more,
    ];

    it('for an invalid option', async () => {
      expect(await refusal(serve('bad', '--port', 'eighty'))).toMatch(/--port.*eighty/);
      expect(await refusal(serve('bad', '--prot', '80'))).toMatch(/unknown option '--prot'/);
      expect(await refusal(serve('bad', '--acme-directory', 'ftp://x'))).toMatch(/--acme-directory.*https/);
      expect(await refusal(serve('bad', '--dns-resolver', 'nonsense'))).toMatch(/--dns-resolver.*nonsense/);
      expect(await refusal(serve('bad', '--acme-ca-file', join(folder, 'nothing')))).toMatch(
        /Cannot read --acme-ca-file/,
      );
    });

    it('for a data folder that cannot be used', async () => {
      await writeFile(join(folder, 'a-file'), '');
      expect(await refusal(serve('a-file/below'))).toMatch(/data folder .*a-file/);
    });

    it('for a port in use', async () => {
      const other = createServer();
      await new Promise<void>((done) => void other.listen(0, '127.0.0.1', done));
      const { port } = other.address() as { port: number };
      expect(await refusal(serve('port', '--challenge-port', '0', '--port', String(port)))).toMatch(
        /another program uses that port/,
      );
      expect(
        await refusal(serve('port', '--challenge-host', '127.0.0.1', '--challenge-port', String(port))),
      ).toMatch(/--challenge-port/);
      other.close();
    });

    it('for a data folder that another instance uses, which continues', async () => {
      const dataFolder = join(folder, 'held');
      const server = await start(dataFolder, ['--challenge-port', '0']);
      expect(await refusal(serve('held'))).toMatch(/Another Certdesk uses/);
      expect((await server.call('GET', '/health')).body.ok).toBe(true);
      await server.stop();
    });
  });
});

async function publicKey(args: readonly string[], input: string): Promise<string> {
  const child = promisify(execFile)(toolPath('CERTDESK_TEST_OPENSSL'), [...args]);
  child.child.stdin?.end(input);
  return (await child).stdout.trim();
}
