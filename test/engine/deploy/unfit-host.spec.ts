// Hosts that cannot take a deployment: a service that is not there, a login shell that is none. Test says so before, a run
// says so too, and nothing is left on the host.
import { chmodSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDesk, type Desk, HOST_NAME } from '../../support/deploy/recipe-desk.ts';
import { createVersions, type TestVersion, type TestVersions } from '../../support/deploy/recipe-versions.ts';
import { needsRoot, type SshHost, type SshHostOptions, startSshHost } from '../../support/deploy/ssh-host.ts';
import { hostKey } from '../../support/hosts/host-keys.ts';
import { type Json, startApp, type TestApp } from '../../support/server/app.ts';
import { describeWith } from '../../support/tools/tools.ts';

describeWith(['sshd', 'busybox', 'openssl'], 'a host that is not fit', () => {
  describe.skipIf(needsRoot !== null)(needsRoot === null ? 'as root' : `skipped: ${needsRoot}`, () => {
    let versions: TestVersions;
    let version: TestVersion;
    beforeAll(async () => {
      versions = await createVersions();
      version = await versions.next();
    });
    afterAll(() => versions?.remove());

    async function withHost(options: SshHostOptions, work: (desk: Desk, host: SshHost) => Promise<void>) {
      const host = await startSshHost({ address: '127.0.0.1', ...options });
      let app: TestApp | undefined;
      try {
        app = await startApp();
        const started = app;
        const certificate = join(host.folder, 'site/api.pem');
        const service = {
          host,
          recipe: 'nginx' as const,
          options: { certificate },
          check: { port: host.port, protocol: 'tls' as const },
        };
        await work(await createDesk(async () => started, service), host);
        expect(readdirSync(join(host.folder, 'site'))).toEqual([]);
      } finally {
        await app?.stop();
        await host.stop();
      }
    }
    it('is saved twice', () =>
      withHost({}, async (desk, host) => {
        const keyCheckOf = async (id: unknown) => {
          const { checks } = await desk.testHost(String(id));
          return (checks as unknown as readonly Json[]).find(({ check }) => String(check) === 'host-key');
        };
        const first = await desk.addHost({
          name: 'other machine',
          hostKeys: [{ type: 'ssh-ed25519', sha256: hostKey('ssh-ed25519', 'other').sha256 }],
        });
        const second = await desk.addHost({ name: 'web1-internal', hostKeys: host.hostKeys });
        expect(await keyCheckOf(second.id)).toMatchObject({
          state: 'warning',
          message: expect.stringContaining(`also one of ${HOST_NAME}. If they are the same machine`),
        });
        expect(await keyCheckOf(first.id)).toMatchObject({ state: 'failed' }); // another key is presented
        // Who may test a deployment may not know of other hosts.
        expect(await desk.test()).toContainEqual(
          expect.objectContaining({ check: 'host-key', message: 'The host key is an accepted one' }),
        );
      }));

    const failedChecks = async (desk: Desk) =>
      (await desk.test()).filter(({ state }) => String(state) === 'failed');

    it('lacks the service of the recipe', () =>
      withHost({ tools: 'busybox' }, async (desk) => {
        expect(await failedChecks(desk)).toMatchObject([
          { check: 'command', message: expect.stringContaining('The program nginx was not found') },
        ]);
        await desk.activate(version);
        const run = await desk.ended(version);
        expect(run).toMatchObject({
          state: 'rolled-back',
          reloadOwed: false,
          error: { code: 'DEPLOYMENT_COMMAND_FAILED' },
        });
        expect(String(run.error?.error)).toContain('was not found (exit code 127)');
      }));

    /** For the users of the host; written after its start, because the host's own files come first. */
    function writeShell({ folder }: SshHost, body: string): void {
      const path = join(folder, SHELL);
      writeFileSync(path, `#!/bin/sh\n${body}\n`);
      chmodSync(path, 0o755);
    }

    it.each([
      ['refuses every command', 'echo "This account is not available." >&2; exit 1'],
      ['speaks another language', 'echo "fish: Unknown command: exec" >&2; exit 127'],
    ] as const)('has a login shell that %s', (_, body) =>
      withHost({ shell: SHELL }, async (desk, host) => {
        writeShell(host, body);
        expect(await failedChecks(desk)).toMatchObject([
          { check: 'shell', fix: expect.stringContaining('chsh -s /bin/sh') },
        ]);
        await desk.activate(version);
        expect(await desk.ended(version)).toMatchObject({
          state: 'failed',
          error: { code: 'HOST_NOT_READY' },
        });
      }),
    );

    it('is fit although its login shell greets before each command', () =>
      withHost({ shell: SHELL }, async (desk, host) => {
        writeShell(host, 'echo "Welcome to web1"; exec /bin/sh "$@"');
        await desk.change({ steps: {}, verify: null });
        expect(await failedChecks(desk)).toEqual([]);
        await desk.activate(version);
        expect(await desk.ended(version)).toMatchObject({ state: 'deployed' });
        rmSync(join(host.folder, 'site/api.pem'));
      }));
  });
});

const SHELL = '/usr/local/sbin/odd-shell';
