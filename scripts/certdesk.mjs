// npm run --silent certdesk -- COMMAND …: the command line in a checkout. Builds what is not built or older than
// its sources (saying so on standard error only), then is bin/certdesk.mjs, in this same process.
import { requireNode24 } from './node-version.mjs';

requireNode24();
Promise.all([import('./lib/build.ts'), import('./lib/npm-parent.ts')])
  .then(([{ buildOrExit }, { endWithNpm }]) => buildOrExit().then(endWithNpm))
  .then(() => import('../bin/certdesk.mjs'));
