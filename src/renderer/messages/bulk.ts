// Actions on many projects at once.
import { formatCount, formatNumber } from '../format.ts';

const projects = (n: number): string => formatCount(n, 'project', 'projects');

export const bulk = {
  bar: 'Selected projects',
  selected: (n: number) => `${projects(n)} selected`,
  clear: 'Clear',
  actions: {
    renew: 'Renew',
    reissue: 'Re-issue',
    deploy: 'Deploy',
    export: 'Export',
    tags: 'Edit tags',
    remove: 'Remove',
  },
  addDeployment: 'Add deployment',
  titles: {
    renew: 'Renew certificates',
    reissue: 'Re-issue certificates',
    deploy: 'Deploy certificates',
    export: 'Export certificates',
    tags: 'Edit tags',
    remove: 'Remove certificates',
  },
  texts: {
    renew: (n: number) =>
      `Renews the certificates of ${projects(n)} with the same names and CA. Current certificates stay active until the new ones are issued.`,
    reissue: (n: number) =>
      `Issues new certificates for ${projects(n)} with their current names, keeping CA, key type and validation method.`,
    deploy: (n: number) =>
      `Installs the active certificates of ${projects(n)} on all hosts of their deployments. Paused deployments are skipped; deployments with a window wait for it.`,
    export: (n: number) => `Downloads one ZIP file with the certificates of ${projects(n)}.`,
    tags: (n: number) => `Adds tags to ${projects(n)}, or removes them. Other tags stay.`,
    remove: (n: number) =>
      `Removes the certificates of ${projects(n)} from Certdesk and stops renewal. They are not revoked; servers that use them keep working, and deployed files stay there. You can restore them for 30 days.`,
  },
  skipped: (n: number) => `${projects(n)} will be skipped:`,
  reasons: {
    none: 'has no certificate',
    custom: 'was uploaded and cannot be renewed here',
    revoked: 'is revoked; request a new certificate',
    noDeployment: 'has no deployment',
    paused: 'has only paused deployments',
    notDeployable: {
      revoked: 'is revoked, so it is not deployed',
      expired: 'has expired, so it is not deployed',
    },
  },
  typeNumber: (n: number) => `Type ${n} to confirm`,
  noneEligible: 'None of the selected projects is eligible.',
  submit: {
    renew: (n: number) => `Renew ${formatNumber(n)}`,
    reissue: (n: number) => `Re-issue ${formatNumber(n)}`,
    deploy: (n: number) => `Deploy ${formatNumber(n)}`,
    export: (n: number) => `Export ${formatNumber(n)}`,
    tags: (n: number) => `Change ${formatNumber(n)}`,
    remove: (n: number) => `Remove ${formatNumber(n)}`,
  },
  tagFields: {
    add: 'Add tags',
    remove: 'Remove tags',
    removeHint: 'Projects without the tag stay as they are.',
  },
  progress: (done: number, of: number) => `${done} of ${of} done`,
  results: 'Results by project',
  states: { waiting: 'Queued', running: 'Running', done: 'Done', failed: 'Failed', stopped: 'Not started' },
  allCompleted: (n: number) => `All ${n} completed`,
  allStarted: (n: number) => `All ${n} started`,
  someFailed: (failed: number, n: number) => `${failed} of ${n} failed`,
  stop: 'Stop',
  stopping: 'Jobs already running will finish.',
  started: (n: number) => `Started on ${formatCount(n, 'host', 'hosts')}`,
  removed: (n: number) => `${formatCount(n, 'certificate', 'certificates')} removed`,
  restored: (n: number) => `${formatCount(n, 'certificate', 'certificates')} restored`,
  file: 'certificates.zip',
} as const;
