// npm start: the desktop application if there are a display and an Electron binary, otherwise the headless server.
// Arguments after `--` go to `certdesk serve`.
import { requireNode24 } from '../bin/node-version.mjs';

requireNode24();
import('./lib/start.ts').then(({ start }) => start(process.argv.slice(2)));
