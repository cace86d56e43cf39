// The recipe of OpenLDAP, with a real OpenLDAP on a host with sshd.
import { describe } from 'vitest';
import { testRecipe } from '../../../support/deploy/recipe-conformance.ts';
import { needsRoot } from '../../../support/deploy/ssh-host.ts';
import { describeWith } from '../../../support/tools/tools.ts';

describeWith(['slapd', 'sshd', 'busybox', 'openssl'], 'the recipe of OpenLDAP', () => {
  describe.skipIf(needsRoot !== null)(needsRoot === null ? 'as root' : `skipped: ${needsRoot}`, () => {
    testRecipe('slapd', 'OpenLDAP', { whole: false });
  });
});
