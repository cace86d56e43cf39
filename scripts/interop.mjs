// npm run interop: runs real ACME servers, DNS servers and other programs against Certdesk, and writes docs/interop.md.
// Names of peers run only those, and write nothing: npm run interop -- step-ca nginx
import { requireNode24 } from '../bin/node-version.mjs';

requireNode24();
import('./interop/run.ts').then(({ runInterop }) => runInterop(process.argv.slice(2)));
