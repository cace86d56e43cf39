// nginx that runs as www-data throughout, as in a container: it can only read what its user may read.
import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Daemon, startDaemon } from '../../../support/daemons/daemon.ts';
import { nginxConfig } from '../../../support/daemons/nginx.ts';
import { createDesk, type Desk, GRACE_SECONDS } from '../../../support/deploy/recipe-desk.ts';
import { NAME, servedBy } from '../../../support/deploy/recipe-service.ts';
import { CHAIN_LENGTH, createVersions, type TestVersions } from '../../../support/deploy/recipe-versions.ts';
import { needsRoot, type SshHost, startSshHost } from '../../../support/deploy/ssh-host.ts';
import { withQuickTiming } from '../../../support/engine/quick-time.ts';
import { startApp, type TestApp } from '../../../support/server/app.ts';
import { describeWith, toolPath } from '../../../support/tools/tools.ts';

const WWW_DATA = 33;

describeWith(['nginx', 'sshd', 'busybox', 'openssl'], 'a service that may not read everything', () => {
  describe.skipIf(needsRoot !== null)(needsRoot === null ? 'as root' : `skipped: ${needsRoot}`, () => {
    let versions: TestVersions;
    let host: SshHost;
    let nginx: Daemon;
    let app: TestApp;
    let desk: Desk;
    let pem: string;

    beforeAll(async () => {
      versions = await createVersions();
      host = await startSshHost({ address: '127.0.0.1' });
      pem = join(host.folder, 'site/api.pem');
      const { chain, privateKey } = await versions.selfSigned(NAME);
      writeFileSync(pem, privateKey + chain, { mode: 0o640 });
      chownSync(pem, 0, WWW_DATA);
      chmodSync(pem, 0o640);
      nginx = await startDaemon({
        name: 'nginx',
        uses: [{}],
        async configure({ folder, ports: [port = 0], write }) {
          chownSync(folder, WWW_DATA, WWW_DATA);
          const config = await write(
            'nginx.conf',
            nginxConfig(
              folder,
              [
                'server {',
                `listen 127.0.0.1:${port} ssl;`,
                `ssl_certificate ${pem};`,
                `ssl_certificate_key ${pem};`,
                'return 200 "hello\\n";',
                '}',
              ],
              { user: null },
            ),
            0o644,
          );
          const program = [toolPath('CERTDESK_TEST_NGINX'), '-p', folder, '-e', 'stderr', '-c', config];
          const user = ['--reuid', String(WWW_DATA), '--regid', String(WWW_DATA), '--clear-groups'];
          return { program: 'setpriv', args: [...user, ...program] };
        },
      });
      const command = join(host.folder, 'usr/local/sbin/nginx');
      const options = `-p ${nginx.folder} -e stderr -c ${nginx.folder}/nginx.conf`;
      writeFileSync(command, `#!/bin/sh\nexec ${toolPath('CERTDESK_TEST_NGINX')} ${options} "$@"\n`);
      chmodSync(command, 0o755);
      app = await startApp({ platform: { around: withQuickTiming } });
      const check = { port: nginx.port, protocol: 'tls' as const };
      const fields = { certificate: pem, port: String(nginx.port) };
      desk = await createDesk(async () => app, { host, recipe: 'nginx', options: fields, check });
    }, 120_000);
    afterAll(async () => {
      await app?.stop();
      await nginx?.stop();
      await host?.stop();
      await versions?.remove();
    });

    const served = () => servedBy({ port: nginx.port, protocol: 'tls' });

    it('can read a renewed key, which keeps group and mode', async () => {
      const version = await versions.next();
      await desk.activate(version);
      expect(await desk.ended(version)).toMatchObject({ state: 'verified' });
      expect(accessOf(pem)).toEqual([0, WWW_DATA, 0o640]);
      execFileSync('setpriv', ['--reuid=33', '--regid=33', '--clear-groups', 'cat', pem], {
        stdio: 'ignore',
      });
    });

    it('keeps the old certificate if the key is not for it, and serves the new one once its group can read it', async () => {
      const before = await served();
      const { files } = await desk.get(`/deployments/${desk.deploymentId}`);
      const withAll = (more: object) =>
        (files as unknown as readonly object[]).map((file) => ({ ...file, ...more }));
      await desk.change({
        files: withAll({ group: 'root', mode: '0600' }),
        verify: { port: nginx.port, protocol: 'tls', graceSeconds: 2 },
      });
      const version = await versions.next();
      await desk.activate(version);
      expect(await desk.ended(version)).toMatchObject({ state: 'not-served' });
      expect(accessOf(pem)).toEqual([0, 0, 0o600]);
      expect(await served()).toEqual(before);
      await desk.change({
        files: withAll({ group: 'www-data', mode: '0640' }),
        verify: { port: nginx.port, protocol: 'tls', graceSeconds: GRACE_SECONDS },
      });
      expect(await desk.ended(version)).toMatchObject({ state: 'verified' });
      expect(accessOf(pem)).toEqual([0, WWW_DATA, 0o640]);
      // Soon: a worker that ends may still accept a connection.
      await expect.poll(served).toEqual({ fingerprint: version.fingerprint, length: CHAIN_LENGTH });
      expect(readFileSync(pem, 'utf8')).toContain('PRIVATE KEY');
    });
  });
});

/** Owner, group and mode. */
function accessOf(path: string): readonly number[] {
  const { uid, gid, mode } = statSync(path);
  return [uid, gid, mode & 0o777];
}
