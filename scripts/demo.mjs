// npm run demo: the main job in a minute, without a public domain. -- --stay keeps the server running afterwards.
import { requireNode24 } from './node-version.mjs';

requireNode24();
import('./lib/demo.ts').then(({ demo }) => demo(process.argv.slice(2)));
