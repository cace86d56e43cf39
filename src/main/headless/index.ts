// The root of the headless program. The version of Node is looked at before anything else is loaded: better-sqlite3
// on an older Node ends the process without a word.

const major = Number(process.versions.node.split('.')[0]);
if (major < 24) {
  process.stderr.write(
    `certdesk: this is Node ${process.versions.node}; Certdesk needs Node 24 or later. In a checkout, \`npm start\` brings its own.\n`,
  );
  process.exit(2);
}
const { main } = await import('./main.ts');
await main(process.argv);

export {}; // a module, so that it may await
