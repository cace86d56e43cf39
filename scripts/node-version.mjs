// The guard that every entry point imports first: better-sqlite3 loaded by a Node older than it knows is a crash
// without a word. Written for any Node that knows ES modules (12.17), as are the entry points themselves: no
// top-level await there, and everything else by import().

/** Null where this version will do, else the line to print. */
export function complaint(version, execPath) {
  if (Number(version.split('.')[0]) >= 24) return null;
  return (
    'Certdesk needs Node 24 or newer, and this is Node ' +
    version +
    ' (' +
    execPath +
    '): run "npm ci" and start it by "npm start" or "npm run certdesk", which bring their own Node 24 on Linux, ' +
    'or install Node 24.'
  );
}

/** Prints the line and exits 2 on an older Node. */
export function requireNode24() {
  var line = complaint(process.versions.node, process.execPath);
  if (line === null) return;
  process.stderr.write(`${line}\n`);
  process.exit(2);
}
