// npm run demo: obtains a certificate in a minute, without a public domain. -- --stay keeps the server running.
import { requireNode24 } from '../bin/node-version.mjs';

requireNode24();
import('./lib/demo.ts').then(({ demo }) => demo(process.argv.slice(2)));
