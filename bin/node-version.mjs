// Every entry point imports this check first, because better-sqlite3 crashes an older Node without a message. This file
// and the entry points run on any Node with ES modules (12.17): no top-level await, everything else by import().

/** @returns null if this version is new enough, otherwise the line to print */
export function describeOldNode(version, execPath) {
  if (Number(version.split('.')[0]) >= 24) return null;
  return (
    'Certdesk needs Node 24 or later, and this is Node ' +
    version +
    ' (' +
    execPath +
    '). Install Node 24. On Linux, you can instead run "npm ci", which installs Node 24 for Certdesk, and then ' +
    '"npm start" or "npm run certdesk".'
  );
}

/** Prints the line and exits with 2 on an older Node. */
export function requireNode24() {
  var line = describeOldNode(process.versions.node, process.execPath);
  if (line === null) return;
  process.stderr.write(`${line}\n`);
  process.exit(2);
}
