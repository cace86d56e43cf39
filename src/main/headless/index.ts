// The entry point of the headless program. It checks the version of Node before it loads anything else, because
// better-sqlite3 crashes an older Node without a message.

const major = Number(process.versions.node.split('.')[0]);
if (major < 24) {
  process.stderr.write(
    `certdesk: this is Node ${process.versions.node}; Certdesk needs Node 24 or later. In a checkout, \`npm start\` uses the Node that npm installed with it.\n`,
  );
  process.exit(2);
}
const { main } = await import('./main.ts');
await main(process.argv);

export {}; // a module, so that it may await
