// npm run bench: compares the speed of Certdesk, certbot, lego and dehydrated on the same work (docs/performance.md).
import { requireNode24 } from '../bin/node-version.mjs';

requireNode24();
import('../test/bench/bench.ts').then(({ bench }) => bench(process.argv.slice(2)));
