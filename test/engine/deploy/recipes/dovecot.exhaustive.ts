// The recipe of Dovecot, with a real Dovecot on a host with sshd.
import { describe } from 'vitest';
import { testRecipe } from '../../../support/deploy/recipe-conformance.ts';
import { needsRoot } from '../../../support/deploy/ssh-host.ts';
import { describeWith } from '../../../support/tools/tools.ts';

describeWith(['dovecot', 'sshd', 'busybox', 'openssl'], 'the recipe of Dovecot', () => {
  describe.skipIf(needsRoot !== null)(needsRoot === null ? 'as root' : `skipped: ${needsRoot}`, () => {
    testRecipe('dovecot', 'Dovecot', { whole: false });
  });
});
