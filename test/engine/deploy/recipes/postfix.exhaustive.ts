// The recipe of Postfix, with a real Postfix on a host with sshd.
import { appendFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { testRecipe } from '../../../support/deploy/recipe-conformance.ts';
import { createDesk } from '../../../support/deploy/recipe-desk.ts';
import { NAME, startRecipeService } from '../../../support/deploy/recipe-service.ts';
import { createVersions } from '../../../support/deploy/recipe-versions.ts';
import { needsRoot } from '../../../support/deploy/ssh-host.ts';
import { withQuickTiming } from '../../../support/engine/quick-time.ts';
import { startApp } from '../../../support/server/app.ts';
import { describeWith } from '../../../support/tools/tools.ts';

describeWith(['postfix', 'sshd', 'busybox', 'openssl'], 'the recipe of Postfix', () => {
  describe.skipIf(needsRoot !== null)(needsRoot === null ? 'as root' : `skipped: ${needsRoot}`, () => {
    testRecipe('postfix', 'Postfix');

    it('serves a renewed certificate for a name of its SNI table, which contains the file itself', async () => {
      const versions = await createVersions();
      const pair = await versions.selfSigned('mail.example.com');
      const service = await startRecipeService('postfix', { pair, wrong: pair });
      const app = await startApp({ platform: { around: withQuickTiming } });
      try {
        const folder = dirname(service.files[0] ?? '');
        const [chain, table, config] = ['named.pem', 'sni', 'config'].map((name) => join(folder, name)) as [
          string,
          string,
          string,
        ];
        const first = await versions.next();
        writeFileSync(chain, first.privateKey + first.chain, { mode: 0o600 });
        writeFileSync(table, `${NAME} ${chain}\n`);
        appendFileSync(join(config, 'main.cf'), `tls_server_sni_maps = hash:${table}\n`);
        const postmap = join(service.host.folder, 'usr/local/sbin/postmap');
        const enter = `nsenter --mount=/proc/${service.pid}/ns/mnt /usr/sbin/postmap -c ${config}`;
        writeFileSync(postmap, `#!/bin/sh\nexec ${enter} "$@"\n`, { mode: 0o755 });
        service.host.inside(`postmap -F hash:${table}; postfix reload`);
        const served = async () => (await service.served())?.fingerprint;
        await expect.poll(served, { timeout: 120_000 }).toBe(first.fingerprint);
        const options = { chain, sniMap: `hash:${table}`, port: String(service.check.port) };
        const desk = await createDesk(async () => app, { ...service, options });
        const version = await versions.next();
        await desk.activate(version);
        expect(await desk.ended(version)).toMatchObject({ state: 'verified', error: null });
        await expect.poll(served).toBe(version.fingerprint);
      } finally {
        await app.stop();
        await service.stop();
        await versions.remove();
      }
    });
  });
});
