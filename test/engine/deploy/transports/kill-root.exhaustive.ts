import { testKillsAtEveryPoint } from '../../../support/deploy/kills-at-every-point.ts';
import { sshWorld } from '../../../support/deploy/transport-worlds.ts';
import { describeWith } from '../../../support/tools/tools.ts';

describeWith(['sshd', 'openssl'], 'a deployment on a host with root and GNU tools', () => {
  testKillsAtEveryPoint(() => sshWorld({ killPoints: true }));
});
