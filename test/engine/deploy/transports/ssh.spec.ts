// What only SSH has: host keys, logins, credentials, addresses, lost connections, and secrets on the host.
import { execFileSync, spawn } from 'node:child_process';
import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type {
  ConnectableHost,
  SshCredential,
  Transport,
} from '../../../../src/main/engine/deploy/transport.ts';
import { connectSsh } from '../../../../src/main/engine/deploy/transports/ssh.ts';
import { scanHostKeys } from '../../../../src/main/engine/deploy/transports/ssh-connection.ts';
import { createAddressPolicy } from '../../../../src/main/engine/outgoing/address-policy.ts';
import { needsRoot, type SshHost, startSshHost } from '../../../support/deploy/ssh-host.ts';
import { fileAt, newRun, SIGNAL } from '../../../support/deploy/transport-conformance.ts';
import { POLICY, SITE_LIST } from '../../../support/deploy/transport-worlds.ts';
import { unusedPort } from '../../../support/tools/ports.ts';
import { describeWith, toolPath } from '../../../support/tools/tools.ts';

const connect = (host: ConnectableHost, policy = POLICY) => connectSsh(host, { policy }, SIGNAL());

describeWith(['sshd', 'sudo', 'openssl'], 'an SSH connection', () => {
  describe.skipIf(needsRoot !== null)(needsRoot === null ? 'as root' : `skipped: ${needsRoot}`, () => {
    let host: SshHost;
    const open: Transport[] = [];
    beforeAll(async () => {
      host = await startSshHost({ hostKeys: ['ed25519', 'rsa', 'ecdsa'], helper: SITE_LIST });
    });
    afterAll(async () => {
      for (const transport of open) transport?.close();
      await host?.stop();
    });

    const works = async (credential: SshCredential, user: 'root' | 'deploy' = 'root') => {
      const transport = await connect({ ...host.connectable(user, { credential }), become: 'none' });
      open.push(transport);
      return (await transport.run({ argv: ['id', '-un'] }, { timeoutMs: 60_000 }, SIGNAL())).output.trim();
    };
    const key = (privateKey: string, passphrase: string | null = null): SshCredential => ({
      kind: 'key',
      privateKey,
      passphrase,
    });
    const authorize = (privateKey: string) => {
      const file = join(host.folder, `key-${newRun()}`);
      writeFileSync(file, privateKey, { mode: 0o600 });
      const line = execFileSync(toolPath('CERTDESK_TEST_SSH_KEYGEN'), ['-y', '-f', file]).toString();
      writeFileSync(join(host.folder, 'authorized_keys'), line, { flag: 'a' });
    };

    it('shows one key of each type at the first contact', async () => {
      const keys = await scanHostKeys(host.target(), { policy: POLICY, host: 'web1', signal: SIGNAL() });
      expect(keys.map(({ type }) => type)).toEqual(['ssh-ed25519', 'ecdsa-sha2-nistp256', 'ssh-rsa']);
      expect(keys.map(({ sha256 }) => sha256).toSorted()).toEqual(
        host.hostKeys.map(({ sha256 }) => sha256).toSorted(),
      );
    });

    it('negotiates only accepted types of host keys', async () => {
      for (const pin of host.hostKeys) {
        const transport = await connect(host.connectable('root', { hostKeys: [pin] }));
        transport.close();
      }
    });

    it('refuses a changed key, and reports what it saw', async () => {
      const [real] = host.hostKeys;
      const pin = { type: real?.type ?? '', sha256: 'A'.repeat(43) };
      await expect(connect(host.connectable('root', { hostKeys: [pin] }))).rejects.toMatchObject({
        code: 'HOST_KEY_REFUSED',
        details: { ...real, accepted: [pin] },
      });
    });

    it.each([
      ['no key has been accepted', []],
      ['the host has no key of that type', [{ type: 'ecdsa-sha2-nistp521', sha256: 'x' }]],
      ['the type is unknown', [{ type: 'ssh-dss', sha256: 'x' }]],
    ])('refuses to connect if %s', async (_, hostKeys) => {
      await expect(connect(host.connectable('root', { hostKeys }))).rejects.toMatchObject({
        code: 'HOST_KEY_REFUSED',
        details: { type: null, sha256: null },
      });
    });

    it.each(['ed25519', 'rsa', 'ec'] as const)(
      'logs in with a PKCS#8 key (%s), encrypted or not',
      async (type) => {
        const { privateKey } =
          type === 'rsa'
            ? generateKeyPairSync('rsa', { modulusLength: 2048 })
            : type === 'ec'
              ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
              : generateKeyPairSync('ed25519');
        const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
        const encrypted = createPrivateKey(pem)
          .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'right' })
          .toString();
        // ssh-keygen cannot read Ed25519 in PKCS#8, which is why Certdesk converts it.
        const { toSshKey } = await import('../../../../src/main/engine/deploy/transports/private-key.ts');
        authorize(toSshKey(pem, null).privateKey);
        expect(await works(key(pem))).toBe('root');
        expect(await works(key(encrypted, 'right'))).toBe('root');
        await expect(works(key(encrypted, 'wrong'))).rejects.toMatchObject({
          code: 'HOST_CREDENTIAL_INVALID',
        });
      },
    );

    it('logs in with an encrypted OpenSSH key, and names a wrong or missing passphrase', async () => {
      const file = join(host.folder, 'encrypted');
      execFileSync(toolPath('CERTDESK_TEST_SSH_KEYGEN'), ['-q', '-t', 'ed25519', '-N', 'right', '-f', file]);
      writeFileSync(join(host.folder, 'authorized_keys'), readFileSync(`${file}.pub`), { flag: 'a' });
      const pem = readFileSync(file, 'utf8');
      expect(await works(key(pem, 'right'))).toBe('root');
      await expect(works(key(pem, 'wrong'))).rejects.toMatchObject({
        message: expect.stringContaining('passphrase is wrong'),
      });
      await expect(works(key(pem))).rejects.toMatchObject({
        message: expect.stringContaining('no passphrase is saved'),
      });
      await expect(works(key('nonsense'))).rejects.toMatchObject({ code: 'HOST_CREDENTIAL_INVALID' });
    });

    it('logs in with a password, and with an agent', async () => {
      expect(await works({ kind: 'password', password: 'deploy-password' }, 'deploy')).toBe('deploy');
      const socket = join(host.folder, 'agent');
      const agent = spawn(toolPath('CERTDESK_TEST_SSH_AGENT'), ['-D', '-a', socket], { stdio: 'ignore' });
      try {
        await expect.poll(() => existsSync(socket)).toBe(true);
        execFileSync('ssh-add', ['-q', host.keyFile], { env: { ...process.env, SSH_AUTH_SOCK: socket } });
        expect(await works({ kind: 'agent', socket })).toBe('root');
      } finally {
        agent.kill();
        await once(agent, 'exit');
      }
    });

    it('reports a refused login, and a host that does not answer', async () => {
      await expect(works({ kind: 'password', password: 'wrong' }, 'deploy')).rejects.toMatchObject({
        code: 'HOST_LOGIN_REFUSED',
        message: expect.stringContaining('Check the user and the password'),
      });
      await expect(works({ kind: 'agent', socket: join(host.folder, 'none') })).rejects.toMatchObject({
        code: 'HOST_CREDENTIAL_INVALID',
        message: expect.stringMatching(/the SSH agent at .*none cannot be used .*Check that it runs/),
      });
      const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
      await expect(
        works(key(privateKey.export({ type: 'pkcs1', format: 'pem' }).toString())),
      ).rejects.toMatchObject({
        code: 'HOST_LOGIN_REFUSED',
      });
      const port = await unusedPort();
      await expect(connect(host.connectable('root', { address: '127.0.0.1', port }))).rejects.toMatchObject({
        code: 'HOST_UNREACHABLE',
        details: { reason: 'ECONNREFUSED' },
      });
    });

    it('never connects to a metadata service or to its own port, also through a jump host', async () => {
      const metadata = { address: '169.254.169.254', port: 80 };
      const refused = { code: 'ADDRESS_NOT_ALLOWED' };
      await expect(connect(host.connectable('root', metadata))).rejects.toMatchObject(refused);
      await expect(
        connect(host.connectable('root', { ...metadata, jump: host.target() })),
      ).rejects.toMatchObject(refused);
      const policy = createAddressPolicy({ listeners: () => [host.port] });
      await expect(connect(host.connectable(), policy)).rejects.toMatchObject(refused);
      await expect(connect(host.connectable('root', { origin: 'open' }))).rejects.toMatchObject(refused);
    });

    it('gives up a connection when the signal aborts', async () => {
      const abort = new AbortController();
      const connecting = connectSsh(host.connectable(), { policy: POLICY }, abort.signal);
      abort.abort(new Error('stopped'));
      await expect(connecting).rejects.toThrow('stopped');
    });

    it('reports a lost connection to all calls, and to later ones', async () => {
      const transport = await connect(host.connectable());
      const run = transport.run({ script: 'kill -9 $PPID; sleep 60' }, { timeoutMs: 60_000 }, SIGNAL());
      await expect(run).rejects.toMatchObject({ code: 'HOST_CONNECTION_LOST' });
      await expect(transport.stat(['/etc/passwd'], SIGNAL())).rejects.toMatchObject({
        code: 'HOST_CONNECTION_LOST',
      });
      transport.close();
      transport.close();
    });

    it('notices a frozen host by keep-alive', async () => {
      const transport = await connectSsh(host.connectable(), { policy: POLICY, keepAliveMs: 200 }, SIGNAL());
      const { output } = await transport.run({ script: 'echo $PPID' }, { timeoutMs: 60_000 }, SIGNAL());
      process.kill(Number(output), 'SIGSTOP');
      try {
        await expect(transport.stat(['/etc/passwd'], SIGNAL())).rejects.toMatchObject({
          code: 'HOST_CONNECTION_LOST',
        });
      } finally {
        process.kill(Number(output), 'SIGKILL');
        transport.close();
      }
    });

    describe('for an ordinary user without sudo', () => {
      let transport: Transport;
      let own: string;
      beforeAll(async () => {
        transport = await connect({ ...host.connectable('deploy'), become: 'none' });
        own = join(host.folder, 'own');
        mkdirSync(own);
        chownSync(own, 4242, 4242);
      });
      afterAll(() => transport?.close());

      const stage = (...files: Parameters<typeof fileAt>[]) =>
        transport.stage(
          { runId: newRun(), deploymentId: 'd', files: files.map((file) => fileAt(...file)) },
          SIGNAL(),
        );

      it('reports folders that it cannot write and owners that it cannot give, in Test and in a run', async () => {
        writeFileSync(join(own, 'theirs.pem'), 'root’s');
        const readable = join(own, 'theirs.pem');
        const { problems } = await transport.facts(
          [
            fileAt(join(host.folder, 'site/a.pem'), ''),
            fileAt(join(own, 'a.pem'), '', { owner: 'www-data' }),
            fileAt(readable, ''),
          ],
          SIGNAL(),
        );
        expect(problems.map(({ path, reason }) => [path, reason])).toEqual([
          [join(host.folder, 'site/a.pem'), 'no-permission'],
          [join(own, 'a.pem'), 'owner-not-permitted'],
          [readable, 'owner-not-permitted'],
        ]);
        await expect(stage([join(host.folder, 'site/a.pem'), 'x'])).rejects.toMatchObject({
          details: { reason: 'no-permission' },
        });
        await expect(stage([readable, 'x'])).rejects.toMatchObject({
          details: { reason: 'owner-not-permitted' },
        });
        await expect(stage([join(own, 'a.pem'), 'x', { owner: 'root' }])).rejects.toMatchObject({
          details: { reason: 'owner-not-permitted' },
        });
        expect(readdirSync(own)).toEqual(['theirs.pem']);
      });

      it('deploys to its own folder', async () => {
        const runId = newRun();
        await transport.stage(
          { runId, deploymentId: 'd', files: [fileAt(join(own, 'mine.key'), 'key')] },
          SIGNAL(),
        );
        await transport.swap({ runId, validate: null, reload: null }, SIGNAL());
        const { uid, mode } = statSync(join(own, 'mine.key'));
        expect([uid, mode & 0o777]).toEqual([4242, 0o600]);
      });
    });

    it('says so if sudo asks for a password', async () => {
      const file = join(host.folder, 'etc/sudoers');
      const before = readFileSync(file);
      const transport = await connect(host.connectable('deploy'));
      try {
        chmodSync(file, 0o640);
        writeFileSync(file, `root ALL=(ALL:ALL) ALL\ndeploy ALL=(root) /usr/local/sbin/certdesk-deploy\n`);
        chmodSync(file, 0o440);
        expect(await transport.facts([], SIGNAL())).toMatchObject({ sudo: { state: 'password-required' } });
        await expect(transport.stat(['/etc/a'], SIGNAL())).rejects.toMatchObject({
          code: 'HOST_NOT_READY',
          details: { check: 'password-required' },
        });
      } finally {
        chmodSync(file, 0o640);
        writeFileSync(file, before);
        chmodSync(file, 0o440);
        transport.close();
      }
    });
  });
});
