// npm run test:all: the exhaustive tests, which take long (every transition with every kind, every width), and the
// measurements, which need an idle machine. Arguments after `--` go to vitest.
import { requireNode24 } from '../bin/node-version.mjs';

requireNode24();
import('./lib/test-run.ts').then(({ EXHAUSTIVE, testRun }) => testRun(EXHAUSTIVE, process.argv.slice(2)));
