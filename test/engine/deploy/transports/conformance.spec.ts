// A sample of the transports on real hosts: this machine, and OpenSSH servers in their own namespaces. The others are in
// conformance.exhaustive.ts.
import { describe } from 'vitest';
import { needsRoot } from '../../../support/deploy/ssh-host.ts';
import { testTransport } from '../../../support/deploy/transport-conformance.ts';
import { jumpWorld, SITE_LIST, sshWorld } from '../../../support/deploy/transport-worlds.ts';
import { describeWith } from '../../../support/tools/tools.ts';

describeWith(['sshd', 'sudo', 'busybox', 'acl', 'openssl'], 'transports', () => {
  describe.skipIf(needsRoot !== null)(needsRoot === null ? 'as root' : `skipped: ${needsRoot}`, () => {
    testTransport('SSH with the sudo helper', () => sshWorld({ helper: SITE_LIST }, 'deploy'));
    testTransport('SSH through a jump host to one with BusyBox only', () => jumpWorld({ tools: 'busybox' }));
  });
});
