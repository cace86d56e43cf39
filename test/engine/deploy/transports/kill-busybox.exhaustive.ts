import { testKillsAtEveryPoint } from '../../../support/deploy/kills-at-every-point.ts';
import { sshWorld } from '../../../support/deploy/transport-worlds.ts';
import { describeWith } from '../../../support/tools/tools.ts';

describeWith(['sshd', 'busybox', 'openssl'], 'a deployment on a host with BusyBox only', () => {
  testKillsAtEveryPoint(() => sshWorld({ killPoints: true, tools: 'busybox' }));
});
