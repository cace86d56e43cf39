import { testKillsAtEveryPoint } from '../../../support/deploy/kills-at-every-point.ts';
import { SITE_LIST, sshWorld } from '../../../support/deploy/transport-worlds.ts';
import { describeWith } from '../../../support/tools/tools.ts';

describeWith(['sshd', 'sudo', 'openssl'], 'a deployment on a host with the sudo helper', () => {
  testKillsAtEveryPoint(() => sshWorld({ killPoints: true, helper: SITE_LIST }, 'deploy'));
});
