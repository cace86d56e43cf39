// The entry point of the headless program. It checks the version of Node before it loads anything else, because
// better-sqlite3 crashes an older Node without a message. Then it loads the server's commands or the client, which is
// small and starts fast. `check` loads neither.

const major = Number(process.versions.node.split('.')[0]);
if (major < 24) {
  process.stderr.write(
    `certdesk: this is Node ${process.versions.node}; Certdesk needs Node 24 or later. In a checkout, \`npm start\` uses the Node that npm installed with it.\n`,
  );
  process.exit(2);
}
const [node = '', program = '', ...given] = process.argv;
if (given[0] === 'check') await (await import('./check.ts')).runCheckCommand(process.argv);
else await runOther();

async function runOther(): Promise<void> {
  const { main, readCommandTable } = await import('../cli/main.ts');
  const { prepareWords } = await import('../cli/words.ts');
  const table = readCommandTable();
  const words = prepareWords(given, table);
  const argv = [node, program, ...words];
  if (words[0] === 'check') await (await import('./check.ts')).runCheckCommand(argv);
  else if (table.local.some(({ name }) => name === words[0])) await (await import('./main.ts')).main(argv);
  else await main(argv, table);
}

export {}; // a module, so that it may await
