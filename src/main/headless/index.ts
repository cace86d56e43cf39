// The root of the headless program. The version of Node is looked at before anything else is loaded: better-sqlite3
// on an older Node ends the process without a word.
import { resolve } from 'node:path';
import { keepCompiled } from './compile-cache.ts';

const major = Number(process.versions.node.split('.')[0]);
if (major < 24) {
  process.stderr.write(
    `certdesk: this is Node ${process.versions.node}; Certdesk needs Node 24 or later. In a checkout, \`npm start\` brings its own.\n`,
  );
  process.exit(2);
}
// Built, this is out/main/headless.js.
if (import.meta.filename.endsWith('.js')) keepCompiled(resolve(import.meta.dirname, '..'));
const { main } = await import('./main.ts');
await main(process.argv);
