// npm run soak: the long forms of the reliability tests (test/soak), one after another. Their seeds are printed;
// CERTDESK_SOAK_SEED repeats a run, CERTDESK_SOAK_SCALE (default 1) makes it shorter or longer.
import { requireNode24 } from '../bin/node-version.mjs';

requireNode24();
process.env.CERTDESK_SOAK = '1';
import('./lib/test-run.ts').then(({ SOAK, testRun }) => testRun(SOAK, process.argv.slice(2)));
