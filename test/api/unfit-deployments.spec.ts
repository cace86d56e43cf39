// What cannot work on a real host, by the REST API: Test says before the first run what is wrong and what to do, and the run
// says it too. Nothing is left on the host.
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CheckResult, HostTest } from '../../src/shared/host.ts';
import { needsRoot, type SshHost, startSshHost } from '../support/deploy/ssh-host.ts';
import { startApp, type TestApp } from '../support/server/app.ts';
import { createPoster } from '../support/server/signed-in-user.ts';
import { createOpenSsl } from '../support/tools/openssl.ts';
import { unusedPort } from '../support/tools/ports.ts';
import { describeWith } from '../support/tools/tools.ts';

const NAME = 'shop.example.com';

interface Row {
  /** Of the host; default: root with the right key. */
  readonly host?: object;
  /** Of the credential; default: the right key. */
  readonly credential?: object;
  /** Default: one file in the site. */
  readonly deployment?: object;
  /** The failed check of Test. */
  readonly check: CheckResult['check'];
  /** What its message and its fix say together. */
  readonly says: RegExp;
  /** The error of the run. */
  readonly code: string;
}

describeWith(['sshd', 'busybox', 'openssl'], 'a deployment that cannot work', () => {
  describe.skipIf(needsRoot !== null)(needsRoot === null ? 'as root' : `skipped: ${needsRoot}`, () => {
    let app: TestApp;
    let host: SshHost;
    let projectId: string;
    let post: ReturnType<typeof createPoster>;
    let count = 0;

    beforeAll(async () => {
      app = await startApp();
      host = await startSshHost({ tools: 'busybox' }); // which has no sudo
      mkdirSync(site('folder.pem'), { recursive: true });
      writeFileSync(site('a-file'), 'not a folder');
      writeFileSync(join(host.folder, 'usr/local/sbin/only-for-root'), '#!/bin/sh\n', { mode: 0o755 });
      post = createPoster(app.asUser);
      projectId = await app.project(NAME);
      const openssl = await createOpenSsl();
      const { certificate, privateKey } = await openssl.issue({
        subject: `/CN=${NAME}`,
        san: [`DNS:${NAME}`],
      });
      await openssl.remove();
      const body = { certificate, privateKey };
      expect((await app.call('POST', `/projects/${projectId}/certificate/upload`, { body })).status).toBe(
        200,
      );
    }, 120_000);
    afterAll(async () => {
      await app?.stop();
      await host?.stop();
    });

    const site = (path: string): string => join(host.folder, 'site', path);
    const fileAt = (path: string, more: object = {}) => [{ content: 'combined', path: site(path), ...more }];

    async function draft(row: Row): Promise<object> {
      count += 1;
      const key = { kind: 'ssh-key', privateKey: host.privateKey };
      const credentialId = await post('/host-credentials', {
        name: `key ${count}`,
        ...(row.credential ?? key),
      });
      const { address, port, hostKeys } = host;
      const place = { transport: 'ssh', address, port, hostKeys, user: 'root', credentialId };
      const id = await post('/hosts', { name: `host${count}`, ...place, ...row.host });
      return { hosts: { ids: [id] }, files: fileAt('shop.pem'), ...row.deployment };
    }

    const inCommand = (argv: readonly string[]) => ({ files: [], kind: 'command', command: { argv } });

    it.each<readonly [string, () => Row | Promise<Row>]>([
      [
        'the port is closed',
        async () => ({
          host: { port: await unusedPort() },
          check: 'connect',
          says: /\(ECONNREFUSED\)\. Check the address and the port/,
          code: 'HOST_UNREACHABLE',
        }),
      ],
      [
        'the name is unknown',
        () => ({
          host: { address: 'no-such-host.invalid' },
          check: 'connect',
          says: /no SSH connection to no-such-host\.invalid.* Check the address and the port/,
          code: 'HOST_UNREACHABLE',
        }),
      ],
      [
        'the host key is another one',
        () => ({
          host: { hostKeys: [{ type: 'ssh-ed25519', sha256: 'A'.repeat(43) }] },
          check: 'host-key',
          says: /presented the key ssh-ed25519 SHA256:.* compare the fingerprint there and accept it/,
          code: 'HOST_KEY_REFUSED',
        }),
      ],
      [
        'the host has no key of the accepted type',
        () => ({
          host: { hostKeys: [{ type: 'ssh-rsa', sha256: 'A'.repeat(43) }] },
          check: 'host-key',
          says: /offers no key of an accepted type any more \(ssh-rsa\)\. Compare the fingerprint of another/,
          code: 'HOST_KEY_REFUSED',
        }),
      ],
      [
        'the key is refused',
        () => ({
          host: { user: 'nobody-here' },
          check: 'sign-in',
          says: /refused the login of nobody-here\. Check the user and its authorized_keys/,
          code: 'HOST_LOGIN_REFUSED',
        }),
      ],
      [
        'the password is wrong',
        () => ({
          credential: { kind: 'ssh-password', password: 'wrong' },
          host: { user: 'deploy' },
          check: 'sign-in',
          says: /refused the login of deploy\. Check the user and the password/,
          code: 'HOST_LOGIN_REFUSED',
        }),
      ],
      [
        'the agent does not run',
        () => ({
          credential: { kind: 'ssh-agent', socket: join(host.folder, 'no-agent') },
          check: 'sign-in',
          says: /the SSH agent at .*no-agent cannot be used .*\. Check that it runs/,
          code: 'HOST_CREDENTIAL_INVALID',
        }),
      ],
      [
        'the host has no sudo',
        () => ({
          host: { user: 'deploy', become: 'sudo' },
          check: 'sudo',
          says: /sudo is not installed.*\napt-get install sudo\ninstall -m 0755 certdesk-deploy/s,
          code: 'HOST_NOT_READY',
        }),
      ],
      [
        'the path is a folder',
        () => ({
          deployment: { files: fileAt('folder.pem') },
          check: 'path',
          says: /folder\.pem: The path is a folder\. Name a file in it\./,
          code: 'HOST_FILE_REFUSED',
        }),
      ],
      [
        'the folder is missing',
        () => ({
          deployment: { files: fileAt('missing/shop.pem') },
          check: 'path',
          says: /The folder .*missing is missing.*mkdir -p/s,
          code: 'HOST_FILE_REFUSED',
        }),
      ],
      [
        'the folder is a file',
        () => ({
          deployment: { files: fileAt('a-file/shop.pem') },
          check: 'path',
          says: /a-file is not a folder\. Name another path\.$/,
          code: 'HOST_FILE_REFUSED',
        }),
      ],
      [
        'the owner is unknown',
        () => ({
          deployment: { files: fileAt('shop.pem', { owner: 'nobody-here' }) },
          check: 'owner',
          says: /The host has no user nobody-here\. Create it there, or name another/,
          code: 'HOST_FILE_REFUSED',
        }),
      ],
      [
        'the group is unknown',
        () => ({
          deployment: { files: fileAt('shop.pem', { group: 'nobody-here' }) },
          check: 'owner',
          says: /The host has no group nobody-here\. Create it there, or name another/,
          code: 'HOST_FILE_REFUSED',
        }),
      ],
      [
        'the user may not give files away',
        () => ({
          host: { user: 'deploy' },
          deployment: { files: [{ content: 'combined', path: '/tmp/shop-unfit.pem', owner: 'root' }] },
          check: 'owner',
          says: /deploy may not give files to root\. Only root can: use sudo, or sign in as root/,
          code: 'HOST_FILE_REFUSED',
        }),
      ],
      [
        'the program that reloads is missing',
        () => ({
          deployment: { steps: { reloadCommand: ['no-such-service', 'reload'] } },
          check: 'command',
          says: /The program no-such-service was not found\. Install the service, or name the full path/,
          code: 'DEPLOYMENT_COMMAND_FAILED',
        }),
      ],
      [
        'the program of a command is missing',
        () => ({
          deployment: inCommand(['no-such-program', '--now']),
          check: 'command',
          says: /The program no-such-program was not found\. Install it, or name the full path/,
          code: 'DEPLOYMENT_COMMAND_FAILED',
        }),
      ],
      [
        'the program of a command is only in the PATH of root',
        () => ({
          host: { user: 'deploy' },
          deployment: inCommand(['only-for-root']),
          check: 'command',
          says: /The program only-for-root was not found/,
          code: 'DEPLOYMENT_COMMAND_FAILED',
        }),
      ],
    ])('because %s', async (_, describeRow) => {
      const row = await describeRow();
      const body = await draft(row);
      const path = `/projects/${projectId}/deployments`;
      const before = readdirSync(site('.'));
      const answer = await app.asUser('POST', `${path}/test`, { body });
      expect(answer.status, answer.text).toBe(200);
      const [tested] = answer.body.hosts as unknown as readonly { readonly test: HostTest }[];
      const failed = tested?.test.checks.filter(({ state }) => state === 'failed') ?? [];
      expect(failed.map(({ check }) => check)).toEqual([row.check]);
      expect(failed.map(({ message, fix }) => `${message}\n${fix ?? ''}`.trim())[0]).toMatch(row.says);
      const deploymentId = await post(path, body);
      const last = async () => {
        const { runs } = (await app.call('GET', `/deployments/${deploymentId}/runs`)).body;
        return runs?.['0'];
      };
      await expect.poll(async () => (await last())?.finishedAt ?? null).not.toBe(null);
      expect((await last())?.error?.code).toBe(row.code);
      expect(readdirSync(site('.'))).toEqual(before);
      const removed = await app.asUser('DELETE', `/deployments/${deploymentId}`);
      expect(removed.status).toBe(200);
    });
  });
});
