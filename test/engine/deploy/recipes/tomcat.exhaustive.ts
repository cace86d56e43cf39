// The recipe of Tomcat, with a real Tomcat on a host with sshd. Java's keytool reads the keystores, too.
import { execFile } from 'node:child_process';
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDesk, type Desk } from '../../../support/deploy/recipe-desk.ts';
import { NAME, servedBy } from '../../../support/deploy/recipe-service.ts';
import {
  CHAIN_LENGTH,
  createVersions,
  type TestVersion,
  type TestVersions,
} from '../../../support/deploy/recipe-versions.ts';
import { needsRoot, SERVICE_USERS, type SshHost, startSshHost } from '../../../support/deploy/ssh-host.ts';
import { installTomcat, type Tomcat } from '../../../support/deploy/tomcat.ts';
import { withQuickTiming } from '../../../support/engine/quick-time.ts';
import { startApp, type TestApp } from '../../../support/server/app.ts';
import { describeWith, toolPath } from '../../../support/tools/tools.ts';

const PASSWORD = 'a password of a keystore';

describeWith(['java', 'tomcat', 'sshd', 'busybox', 'openssl'], 'the recipe of Tomcat', () => {
  describe.skipIf(needsRoot !== null)(needsRoot === null ? 'as root' : `skipped: ${needsRoot}`, () => {
    let versions: TestVersions;
    let host: SshHost;
    let app: TestApp;
    let desk: Desk;
    let keystore: string;
    let tomcat: Tomcat;

    beforeAll(async () => {
      versions = await createVersions();
      host = await startSshHost({ address: '127.0.0.1' });
      mkdirSync(join(host.folder, 'keystores'));
      keystore = join(host.folder, `keystores/${NAME}.p12`);
      tomcat = await installTomcat(host, keystore, PASSWORD);
      app = await startApp({ platform: { around: withQuickTiming } });
      const body = { kind: 'secret', name: 'keystore', value: PASSWORD };
      const secret = await app.asUser('POST', '/host-credentials', { body });
      const options = { keystore, password: String(secret.body.id) };
      const check = { port: tomcat.port, protocol: 'tls' } as const;
      desk = await createDesk(async () => app, { host, recipe: 'tomcat', options, check });
    }, 120_000);
    afterAll(async () => {
      await app?.stop();
      tomcat?.stop();
      await host?.stop();
      await versions?.remove();
    });

    async function expectKeystore({ fingerprint }: TestVersion) {
      const { stdout } = await promisify(execFile)(
        toolPath('CERTDESK_TEST_KEYTOOL'),
        ['-J-Duser.language=en', '-list', '-v', '-keystore', keystore, '-storepass:env', 'STORE_PASSWORD'],
        { env: { ...process.env, STORE_PASSWORD: PASSWORD } },
      );
      expect(stdout).toContain(`Alias name: ${NAME}`);
      expect(stdout).toContain('Entry type: PrivateKeyEntry');
      expect(stdout).toContain('Certificate chain length: 3');
      expect(stdout.replaceAll(':', '')).toContain(`SHA256 ${fingerprint}`);
      const { uid, mode } = statSync(keystore);
      expect([uid, mode & 0o777]).toEqual([SERVICE_USERS.tomcat, 0o600]);
    }

    it('serves a certificate with the whole chain from a keystore, then a renewed one, and changes nothing twice', async () => {
      for (const count of [1, 2]) {
        const version = await versions.next();
        await desk.activate(version);
        expect(await desk.ended(version)).toMatchObject({ state: 'verified', error: null });
        await expectKeystore(version);
        expect(await servedBy({ port: tomcat.port, protocol: 'tls' })).toEqual({
          fingerprint: version.fingerprint,
          length: CHAIN_LENGTH,
        });
        expect(tomcat.restarts()).toBe(count);
        await desk.deploy();
        expect(await desk.ended(version)).toMatchObject({ state: 'unchanged' });
        expect(tomcat.restarts()).toBe(count);
      }
      expect((await desk.test()).filter(({ state }) => String(state) !== 'ok')).toEqual([]);
    });
  });
});
