// The recipe of Mosquitto, with a real Mosquitto on a host with sshd.
import { describe } from 'vitest';
import { testRecipe } from '../../../support/deploy/recipe-conformance.ts';
import { needsRoot } from '../../../support/deploy/ssh-host.ts';
import { describeWith } from '../../../support/tools/tools.ts';

describeWith(['mosquitto', 'sshd', 'busybox', 'openssl'], 'the recipe of Mosquitto', () => {
  describe.skipIf(needsRoot !== null)(needsRoot === null ? 'as root' : `skipped: ${needsRoot}`, () => {
    testRecipe('mosquitto', 'Mosquitto', { validates: false, whole: false });
  });
});
