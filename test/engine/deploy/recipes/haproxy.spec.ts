// The recipe of HAProxy, with a real HAProxy on a host with sshd: a first certificate and renewals by its runtime
// API, and the reload that takes its place. What every recipe does is in haproxy.exhaustive.ts.
import { describe, expect, it } from 'vitest';
import { createDesk } from '../../../support/deploy/recipe-desk.ts';
import { startRecipeService } from '../../../support/deploy/recipe-service.ts';
import { createVersions } from '../../../support/deploy/recipe-versions.ts';
import { needsRoot } from '../../../support/deploy/ssh-host.ts';
import { withQuickTiming } from '../../../support/engine/quick-time.ts';
import { startApp } from '../../../support/server/app.ts';
import { describeWith } from '../../../support/tools/tools.ts';

describeWith(['haproxy', 'socat', 'sshd', 'busybox', 'openssl'], 'the runtime API of HAProxy', () => {
  describe.skipIf(needsRoot !== null)(needsRoot === null ? 'as root' : `skipped: ${needsRoot}`, () => {
    it('passes a certificate to the runtime API without a reload, and reloads if HAProxy does not know the file', async () => {
      const versions = await createVersions();
      const pair = await versions.selfSigned('api.example.com');
      const service = await startRecipeService('haproxy', { pair, wrong: pair });
      const app = await startApp({ platform: { around: withQuickTiming } });
      try {
        const options = { ...service.options, socket: '/run/haproxy/admin.sock' };
        const desk = await createDesk(async () => app, { ...service, options });
        const deploy = async () => {
          const version = await versions.next();
          await desk.activate(version);
          expect(await desk.ended(version)).toMatchObject({ state: 'verified', error: null });
          await expect
            .poll(() => service.served(), { timeout: 120_000 })
            .toEqual({ fingerprint: version.fingerprint, length: 3 });
        };
        await deploy();
        await deploy();
        expect(service.reloads()).toBe(0);
        // HAProxy has loaded the file by a path that is no longer the one of the recipe.
        const { steps } = await desk.get(`/deployments/${desk.deploymentId}`);
        const { reloadCommand } = steps as unknown as { readonly reloadCommand: readonly string[] };
        await desk.change({
          steps: { ...Object(steps), reloadCommand: reloadCommand.with(-1, '/etc/haproxy/haproxy.cfg') },
        });
        await deploy();
        expect(service.reloads()).toBe(1);
      } finally {
        await app.stop();
        await service.stop();
        await versions.remove();
      }
    });
  });
});
