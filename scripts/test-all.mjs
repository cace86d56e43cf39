// npm run test:all: what npm test leaves out because it takes long (every transition with every kind, every width), and
// the measurements, which need a quiet machine. Arguments after `--` go to vitest.
import { requireNode24 } from './node-version.mjs';

requireNode24();
import('./lib/test-run.ts').then(({ EXHAUSTIVE, testRun }) => testRun(EXHAUSTIVE, process.argv.slice(2)));
