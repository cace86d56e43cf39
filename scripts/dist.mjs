// npm run dist: builds installers for this system into dist/. Arguments after `--` go to electron-builder: -- --linux deb
import { requireNode24 } from '../bin/node-version.mjs';

requireNode24();
import('./lib/dist.ts').then(({ dist }) => dist(process.argv.slice(2)));
