// The recipe of MariaDB, with a real MariaDB on a host with sshd.
import { describe } from 'vitest';
import { testRecipe } from '../../../support/deploy/recipe-conformance.ts';
import { needsRoot } from '../../../support/deploy/ssh-host.ts';
import { describeWith } from '../../../support/tools/tools.ts';

describeWith(['mariadb', 'sshd', 'busybox', 'openssl'], 'the recipe of MariaDB', () => {
  describe.skipIf(needsRoot !== null)(needsRoot === null ? 'as root' : `skipped: ${needsRoot}`, () => {
    testRecipe('mariadb', 'MariaDB', { whole: false });
  });
});
