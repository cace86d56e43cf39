// Backups.
import { formatCount } from '../format.ts';

export const backup = {
  title: 'Backups',
  folder: 'Folder',
  folderHint: 'On the server, an absolute path; better on another disk. Left empty: in the data folder.',
  everyHours: 'Every, hours',
  everyHoursHint: 'Left empty: none by itself.',
  keep: 'Keep',
  keepHint: 'Whole ones; older ones are removed.',
  passphrase: 'Passphrase',
  passphraseHint: '12 characters at least. Without it no backup can be opened: keep it elsewhere too.',
  passphraseIsSet: 'One is set. A new one counts from the next backup on; older files keep theirs.',
  passphraseSaved: 'Passphrase set',
  showPassphrase: 'Show the passphrase',
  setPassphrase: 'Set passphrase',
  needsPassphrase: 'Set a passphrase, then backups can be made.',
  count: (n: number) => (n === 0 ? 'None yet.' : formatCount(n, 'backup', 'backups')),
  last: 'Last backup',
  next: 'Next backup',
  late: 'The last backup is late.',
  failed: 'The last attempt failed',
  create: 'Back up now',
  made: (name: string) => `Backup made: ${name}`,
  columns: { made: 'Made', size: 'Size', actions: 'Actions' },
  kilobytes: (n: string) => `${n} KiB`,
  verify: 'Verify',
  verifyOf: (name: string) => `Verify ${name}`,
  whole: (projects: number, certificates: number) =>
    `The backup is whole: ${formatCount(projects, 'project', 'projects')}, ${formatCount(certificates, 'certificate version', 'certificate versions')}`,
  restoreCommandOf: (name: string) => `command that restores ${name}`,
  restoreHint:
    'To restore one, stop Certdesk and run the copied command. It overwrites nothing: what is there is moved aside.',
} as const;
