// A host that is reached at an IPv6 address only: Certdesk reads its keys, tests it, and installs an issued certificate there.
import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Pebble, startPebble } from '../support/acme/pebble.ts';
import { needsRoot, type SshHost, startSshHost } from '../support/deploy/ssh-host.ts';
import { type Json, startApp, type TestApp } from '../support/server/app.ts';
import { missingIpv6 } from '../support/tools/ipv6.ts';
import { unusedPort } from '../support/tools/ports.ts';
import { describeWith } from '../support/tools/tools.ts';

const NAME = 'shop.example.com';

describeWith(
  ['pebble', 'sshd', 'openssl'],
  'a host at an IPv6 address',
  () => {
    let pebble: Pebble;
    let app: TestApp;
    let ssh: SshHost;

    beforeAll(async () => {
      pebble = await startPebble();
      app = await startApp({ pebble });
      ssh = await startSshHost({ address: '::1' });
    }, 120_000);
    afterAll(async () => {
      await app?.stop();
      await ssh?.stop();
      await pebble?.stop();
    });

    async function asUser(path: string, body: object): Promise<Json> {
      const answer = await app.asUser('POST', path, { body });
      expect(answer.status, answer.text).toBeLessThan(300);
      return answer.body;
    }

    it('is named in brackets if it cannot be reached', async () => {
      const port = await unusedPort();
      const answer = await app.asUser('POST', '/hosts/scan-keys', { body: { address: '::1', port } });
      expect([answer.body.code, answer.body.error]).toEqual([
        'HOST_UNREACHABLE',
        expect.stringContaining(`no SSH connection to [::1]:${port} `),
      ]);
    });

    it('gets the certificate that a CA has issued, and again the renewed one', async () => {
      const { port, hostKeys, privateKey } = ssh;
      const { keys } = await asUser('/hosts/scan-keys', { address: '::1', port });
      expect(keys).toEqual(hostKeys);
      const credential = await asUser('/host-credentials', { kind: 'ssh-key', name: 'key', privateKey });
      const place = { transport: 'ssh', address: '::1', port, user: 'root', hostKeys };
      const host = await asUser('/hosts', { ...place, name: 'six', credentialId: String(credential.id) });
      const test = await app.call('POST', `/hosts/${String(host.id)}/test`);
      expect(test.status, test.text).toBe(200);
      expect(test.text).not.toContain('"failed"');

      const project = await app.project(NAME);
      const path = join(ssh.folder, 'shop.pem');
      const files = [{ content: 'fullchain', path }];
      await asUser(`/projects/${project}/deployments`, { hosts: { ids: [String(host.id)] }, files });
      const installed = async () => {
        const text = await readFile(path, 'utf8').catch(() => '');
        return text === '' ? null : new X509Certificate(text).serialNumber;
      };
      const active = async () => {
        const { text } = await app.call('GET', `/projects/${project}/certificate/download?format=fullchain`);
        return new X509Certificate(text).serialNumber;
      };
      const arrives = async (action: 'obtain' | 'renew') => {
        const body = action === 'obtain' ? { body: { challengeType: 'http-01' } } : {};
        const answer = await app.call('POST', `/projects/${project}/certificate/${action}`, body);
        expect(answer.status, answer.text).toBe(200);
        const serial = await active();
        await expect.poll(installed).toBe(serial);
        return serial;
      };
      const first = await arrives('obtain');
      expect(await arrives('renew')).not.toBe(first);
    });
  },
  missingIpv6() ?? needsRoot,
);
