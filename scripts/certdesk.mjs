// npm run --silent certdesk -- COMMAND …: the command line in a checkout. Builds if the build is missing or
// older than the sources (reported on standard error), then runs bin/certdesk.mjs in this process.
import { requireNode24 } from '../bin/node-version.mjs';

requireNode24();
Promise.all([import('./lib/build.ts'), import('./lib/npm-parent.ts')])
  .then(([{ buildOrExit }, { endWithNpm }]) => buildOrExit().then(endWithNpm))
  .then(() => import('../bin/certdesk.mjs'));
