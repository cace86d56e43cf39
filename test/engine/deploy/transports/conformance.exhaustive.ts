// The conformance suite on the hosts that conformance.spec.ts leaves out.
import { describe } from 'vitest';
import { needsRoot } from '../../../support/deploy/ssh-host.ts';
import { testTransport } from '../../../support/deploy/transport-conformance.ts';
import { jumpWorld, localWorld, SITE_LIST, sshWorld } from '../../../support/deploy/transport-worlds.ts';
import { describeWith } from '../../../support/tools/tools.ts';

describeWith(['sshd', 'sudo', 'busybox', 'acl', 'openssl'], 'transports', () => {
  describe.skipIf(needsRoot !== null)(needsRoot === null ? 'as root' : `skipped: ${needsRoot}`, () => {
    testTransport('local', localWorld);
    testTransport('SSH as root, dash as /bin/sh and login shell', () => sshWorld({ shell: '/bin/dash' }));
    testTransport('SSH as root, bash as /bin/sh and login shell', () =>
      sshWorld({ shell: '/bin/bash', sh: 'bash' }),
    );
    testTransport('SSH to a host with BusyBox only', () => sshWorld({ tools: 'busybox' }));
    testTransport('SSH through a jump host', () => jumpWorld({}));
    testTransport('SSH with the sudo helper, bash as /bin/sh', () =>
      sshWorld({ helper: SITE_LIST, shell: '/bin/bash', sh: 'bash' }, 'deploy'),
    );
  });
});
