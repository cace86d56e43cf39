// What is done to many projects at once.
import { formatCount } from '../format.ts';

const projects = (n: number): string => formatCount(n, 'project', 'projects');

export const bulk = {
  bar: 'Chosen projects',
  chosen: (n: number) => `${projects(n)} chosen`,
  clear: 'Choose none',
  actions: { renew: 'Renew', reissue: 'Re-issue', export: 'Export', remove: 'Remove' },
  titles: {
    renew: 'Renew many',
    reissue: 'Re-issue many',
    export: 'Export many',
    remove: 'Remove many certificates',
  },
  texts: {
    renew: (n: number) =>
      `The certificates of ${projects(n)} are ordered again, with the same names, from the same CA. The present ones stay in use until the new ones are there.`,
    reissue: (n: number) =>
      `New certificates are ordered for ${projects(n)}, with the names that the projects have now, and the CA, key and proof of the present ones.`,
    export: (n: number) => `One ZIP file with the certificates of ${projects(n)}.`,
    remove: (n: number) =>
      `Certdesk forgets the certificates of ${projects(n)} and stops renewing them. Where they are installed they work on: they are not revoked. For 30 days they can be brought back.`,
  },
  leftOut: (n: number) => `${projects(n)} cannot take part:`,
  reasons: {
    none: 'has no certificate',
    custom: 'was uploaded, and is renewed where it came from',
    revoked: 'is revoked: obtain a new one',
  },
  typeNumber: (n: number) => `Type ${n} to confirm`,
  nobody: 'None of the chosen projects can take part.',
  submit: {
    renew: (n: number) => `Renew ${n}`,
    reissue: (n: number) => `Re-issue ${n}`,
    export: (n: number) => `Export ${n}`,
    remove: (n: number) => `Remove ${n}`,
  },
  progress: (done: number, of: number) => `${done} of ${of} done`,
  results: 'Result of each project',
  states: { waiting: 'Waiting', running: 'Under way', done: 'Done', failed: 'Failed', stopped: 'Not begun' },
  allWell: (n: number) => `All ${n} done`,
  someFailed: (failed: number, n: number) => `${failed} of ${n} failed`,
  stop: 'Begin no more',
  stopping: 'What is under way is finished by the server.',
  removed: (n: number) => `${formatCount(n, 'certificate', 'certificates')} removed`,
  restored: (n: number) => `${formatCount(n, 'certificate', 'certificates')} brought back`,
  file: 'certificates.zip',
} as const;
