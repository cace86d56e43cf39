// The command that restores a backup, to be copied into a shell.

export function restoreCommand(file: string, dataFolder: string): string {
  return `certdesk backup restore ${quote(file)} --data-dir ${quote(dataFolder)} --keep-aside`;
}

function quote(path: string): string {
  return /^[\w./:\\-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
