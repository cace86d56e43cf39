// npm run build: builds everything into out/, whether or not it is built.
import { requireNode24 } from './node-version.mjs';

requireNode24();
import('./lib/build.ts').then(({ buildOrExit }) => buildOrExit({ force: true }));
