// npm test: format, lint, types, the build, and the unit and integration tests. The last line has the totals.
// Arguments after `--` go to vitest.
import { requireNode24 } from '../bin/node-version.mjs';

requireNode24();
import('./lib/test-run.ts').then(({ STANDARD, testRun }) => testRun(STANDARD, process.argv.slice(2)));
