// npm run build: builds everything into out/, even if it is already built.
import { requireNode24 } from '../bin/node-version.mjs';

requireNode24();
import('./lib/build.ts').then(({ buildOrExit }) => buildOrExit({ force: true }));
