// Every entry point imports this check first, because better-sqlite3 crashes an older Node without a message. This file
// and the entry points run on any Node with ES modules (12.17): no top-level await, everything else by import().

/** @returns null if this version is new enough, otherwise the line to print. */
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

/** Prints the line and exits with 2 on an older Node. */
export function requireNode24() {
  var line = complaint(process.versions.node, process.execPath);
  if (line === null) return;
  process.stderr.write(`${line}\n`);
  process.exit(2);
}
