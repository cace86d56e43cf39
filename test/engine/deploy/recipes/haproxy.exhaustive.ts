// The recipe of HAProxy, with a real HAProxy on a host with sshd. haproxy.spec.ts tests its runtime API.
import { describe } from 'vitest';
import { testRecipe } from '../../../support/deploy/recipe-conformance.ts';
import { needsRoot } from '../../../support/deploy/ssh-host.ts';
import { describeWith } from '../../../support/tools/tools.ts';

describeWith(['haproxy', 'socat', 'sshd', 'busybox', 'openssl'], 'the recipe of HAProxy', () => {
  describe.skipIf(needsRoot !== null)(needsRoot === null ? 'as root' : `skipped: ${needsRoot}`, () => {
    testRecipe('haproxy', 'HAProxy', { whole: false });
  });
});
