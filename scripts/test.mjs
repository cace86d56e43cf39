// npm test: everything that is tested, and at the end one line of the sums. Arguments after `--` go to vitest.
import { requireNode24 } from './node-version.mjs';

requireNode24();
import('./lib/test-run.ts').then(({ testRun }) => testRun(process.argv.slice(2)));
