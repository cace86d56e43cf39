// The recipe of PostgreSQL, with a real PostgreSQL on a host with sshd.
import { describe } from 'vitest';
import { testRecipe } from '../../../support/deploy/recipe-conformance.ts';
import { needsRoot } from '../../../support/deploy/ssh-host.ts';
import { describeWith } from '../../../support/tools/tools.ts';

describeWith(['postgres', 'sshd', 'busybox', 'openssl'], 'the recipe of PostgreSQL', () => {
  describe.skipIf(needsRoot !== null)(needsRoot === null ? 'as root' : `skipped: ${needsRoot}`, () => {
    testRecipe('postgresql', 'PostgreSQL', { whole: false });
  });
});
