// The check of a service behind a jump host, which only the jump host reaches: the policy of the probe forbids Certdesk to
// connect to the service itself.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Transport } from '../../../../src/main/engine/deploy/transport.ts';
import { connectSsh } from '../../../../src/main/engine/deploy/transports/ssh.ts';
import { look } from '../../../../src/main/engine/deploy/verify.ts';
import { createProbe } from '../../../../src/main/engine/endpoints/probe.ts';
import { createAddressPolicy } from '../../../../src/main/engine/outgoing/address-policy.ts';
import { NAME } from '../../../support/deploy/recipe-service.ts';
import {
  createVersions,
  type TestVersion,
  type TestVersions,
} from '../../../support/deploy/recipe-versions.ts';
import { needsRoot, type SshHost, startSshHost } from '../../../support/deploy/ssh-host.ts';
import { SIGNAL } from '../../../support/deploy/transport-files.ts';
import { POLICY } from '../../../support/deploy/transport-worlds.ts';
import {
  DIALOGUES,
  type PlaintextServer,
  speak,
  startPlaintextServer,
  upgrade,
} from '../../../support/endpoints/plaintext-servers.ts';
import { unusedPort } from '../../../support/tools/ports.ts';
import { describeWith } from '../../../support/tools/tools.ts';

const PERSON = { kind: 'window' as const, id: null, name: 'anna' };

describeWith(['sshd', 'openssl'], 'a service behind a jump host', () => {
  describe.skipIf(needsRoot !== null)(needsRoot === null ? 'as root' : `skipped: ${needsRoot}`, () => {
    let versions: TestVersions;
    let version: TestVersion;
    let tls: PlaintextServer;
    let smtp: PlaintextServer;
    let jump: SshHost;
    let host: SshHost;
    const open: Transport[] = [];
    beforeAll(async () => {
      versions = await createVersions();
      version = await versions.next();
      tls = await startPlaintextServer((socket) => upgrade(socket, version));
      smtp = await startPlaintextServer(async (socket, complain) => {
        await speak(socket, DIALOGUES.smtp.accepts, complain);
        upgrade(socket, version);
      });
      host = await startSshHost({ address: '127.0.0.1' });
      jump = await startSshHost({
        address: '127.0.0.3',
        sshd: `PermitOpen 127.0.0.1:${host.port} 127.0.0.1:${tls.port} 127.0.0.1:${smtp.port} 127.0.0.1:1`,
      });
    });
    afterAll(async () => {
      for (const transport of open) transport.close();
      for (const server of [tls, smtp]) server?.close();
      for (const each of [host, jump]) await each?.stop();
      await versions?.remove();
    });

    const connect = async () => {
      const transport = await connectSsh(
        host.connectable('root', { jump: jump.target() }),
        { policy: POLICY },
        SIGNAL(),
      );
      open.push(transport);
      return transport;
    };
    const seen = async (
      { tunnel }: Pick<Transport, 'tunnel'>,
      port: number,
      protocol: 'tls' | 'smtp' = 'tls',
    ) => {
      const policy = createAddressPolicy({ listeners: () => [tls.port, smtp.port] });
      const clock = { now: () => new Date() };
      const deps = {
        stores: { certificates: { versions: () => Promise.reject(new Error('not needed')) } } as never,
        clock,
        timing: undefined as never,
        policy,
        probe: createProbe({ policy, clock }),
      };
      const verify = { port, protocol, serverName: NAME, graceSeconds: 0, onWorse: 'rollback' as const };
      const at = { name: 'web1', address: '127.0.0.1', savedBy: PERSON };
      const { chain, fingerprint } = version;
      const of = { chain, fingerprint, domain: NAME, projectId: 'p1' };
      return look(deps, { host: at, verify, version: of, tunnel }, SIGNAL());
    };

    it('is checked through the jump host, with TLS and STARTTLS', async () => {
      expect(await seen({ tunnel: null }, tls.port)).toMatchObject({ grade: 'unknown' });
      const transport = await connect();
      expect(await seen(transport, tls.port)).toMatchObject({ grade: 'current' });
      expect(await seen(transport, smtp.port, 'smtp')).toMatchObject({ grade: 'current' });
      expect(smtp.complaints).toEqual([]);
    });

    it('counts as failed if nothing listens there, and as unknown if the jump host forbids the connection', async () => {
      const transport = await connect();
      expect(await seen(transport, 1)).toMatchObject({
        grade: 'failed',
        reason: expect.stringContaining('from the jump host'),
      });
      expect(await seen(transport, await unusedPort())).toMatchObject({
        grade: 'unknown',
        reason: expect.stringContaining('PermitOpen'),
      });
    });

    it('is unknown after the connection to the jump host has ended', async () => {
      const transport = await connect();
      transport.close();
      expect(await seen(transport, tls.port)).toMatchObject({ grade: 'unknown' });
    });

    it('has no tunnel without a jump host', async () => {
      const transport = await connectSsh(host.connectable(), { policy: POLICY }, SIGNAL());
      open.push(transport);
      expect(transport.tunnel).toBeNull();
    });
  });
});
