// The entry point of the headless program. It checks the version of Node before it loads anything else, because
// better-sqlite3 crashes an older Node without a message. Then it loads the server's commands or the client, which is
// small and starts fast. `check` and `doctor` load neither.

const major = Number(process.versions.node.split('.')[0]);
if (major < 24) {
  process.stderr.write(
    `certdesk: this is Node ${process.versions.node}; Certdesk needs Node 24 or later. In a checkout, \`npm start\` uses the Node that npm installed with it.\n`,
  );
  process.exit(2);
}
const [node = '', program = '', ...given] = process.argv;
if (!(await runAlone(given[0], process.argv))) await runOther();

/** Runs a command that needs no server and no data folder. @returns false if it is another command */
async function runAlone(word: string | undefined, argv: readonly string[]): Promise<boolean> {
  if (word === 'check') await (await import('./check.ts')).runCheckCommand(argv);
  else if (word === 'doctor') await (await import('./doctor.ts')).runDoctorCommand(argv);
  else return false;
  return true;
}

async function runOther(): Promise<void> {
  const { main, readCommandTable } = await import('../cli/main.ts');
  const { prepareWords } = await import('../cli/words.ts');
  const table = readCommandTable();
  const words = prepareWords(given, table);
  const argv = [node, program, ...words];
  if (await runAlone(words[0], argv)) return;
  if (table.local.some(({ name }) => name === words[0])) await (await import('./main.ts')).main(argv);
  else await main(argv, table);
}

export {}; // a module, so that it may await
