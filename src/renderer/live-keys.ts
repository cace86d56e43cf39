// Which queries an event makes stale. Keys are tRPC's: [path, { input, type }], matched from the left and in part.
import type { JobEvent } from '../shared/job.ts';
import { asksForRecord } from '../shared/manual-record.ts';

export type Key = readonly unknown[];

export interface Touched {
  readonly keys: readonly Key[];
  /** The project whose row changes in the lists that show it. */
  readonly row: string | null;
}

const of = (...path: string[]): Key => [path];
const ofProject = (id: string, path: string): Key => [[path], { input: { id } }];

/** Noun of an event's kind -> what else is asked for by another name. */
const NOUNS: Readonly<Record<string, readonly Key[]>> = {
  job: [of('jobs', 'list'), of('dnsCredentials')],
  certificate: [of('dnsCredentials')], // who uses a credential changes with a certificate and its project
  project: [of('dnsCredentials')],
  token: [of('tokens')],
  session: [of('sessions')],
  'dns-credential': [of('dnsCredentials')],
  settings: [of('settings'), of('backups')],
  setting: [of('settings')],
  engine: [of('system')],
  account: [of('system', 'caAccounts')],
  'ca-directory': [of('caDirectories')],
  backup: [of('backups')],
  'notification-channel': [of('notifications')],
};

export function touchedBy(event: JobEvent): Touched {
  const { kind, jobId, projectId } = event;
  const job: Key[] = jobId === null ? [] : [[['jobs', 'get'], { input: { jobId } }]];
  // Steps change nothing but their job: the rest would be asked for a dozen times an issuance. Only where one asks for a
  // TXT record, the overview says so at once.
  if (kind === 'job.step') {
    return { keys: asksForRecord(event) ? [...job, of('overview')] : job, row: null };
  }
  const [noun = ''] = kind.split('.');
  const keys = [...job, of('overview'), of('audit'), ...(NOUNS[noun] ?? [])];
  if (projectId === null) return { keys, row: null };
  const here = [
    ofProject(projectId, 'projects'),
    ofProject(projectId, 'certificates'),
    of('projects', 'facets'),
  ];
  const comesOrGoes = kind === 'project.created' || kind === 'project.removed';
  const lists: Key = comesOrGoes ? of('projects', 'list') : [['projects', 'list'], { type: 'query' }];
  return { keys: [...keys, ...here, lists], row: comesOrGoes ? null : projectId };
}
