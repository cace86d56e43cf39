// Maps an event to the queries that it makes stale. Keys are tRPC's: [path, { input, type }], matched as a partial
// prefix.
import type { JobEvent } from '../shared/job.ts';
import { asksForRecord } from '../shared/manual-record.ts';

export type Key = readonly unknown[];

export interface Touched {
  readonly keys: readonly Key[];
  /** The project whose row changes in the lists. */
  readonly row: string | null;
}

const of = (...path: string[]): Key => [path];
const ofProject = (id: string, path: string): Key => [[path], { input: { id } }];

/** Noun of the event kind -> query routers with other names that it also affects. */
const NOUNS: Readonly<Record<string, readonly Key[]>> = {
  job: [of('jobs', 'list'), of('dnsCredentials')],
  certificate: [of('dnsCredentials'), of('endpoints')], // a credential's users change with certificates and projects
  project: [of('dnsCredentials')],
  token: [of('tokens')],
  session: [of('sessions')],
  'dns-credential': [of('dnsCredentials')],
  settings: [of('settings'), of('backups'), of('system', 'timeZone')],
  setting: [of('settings')],
  'saved-filter': [of('savedFilters')],
  engine: [of('system')],
  account: [of('system', 'caAccounts')],
  'ca-directory': [of('caDirectories')],
  backup: [of('backups')],
  'notification-channel': [of('notifications')],
  incident: [of('incidents')],
  'caa-lock': [of('caaLocks')],
  'persist-record': [of('persistRecords')],
  endpoint: [of('endpoints')],
  host: [of('hosts'), of('hostCredentials'), of('deployments')],
  'host-credential': [of('hostCredentials')],
  deployment: [of('deployments'), of('hosts')],
};

/** A step of a deployment affects only its run and the page of the deployment. */
function ofRun({ data }: JobEvent): readonly Key[] {
  const { deploymentId, runId } = Object(data);
  return [
    [['deployments', 'get'], { input: { deploymentId } }],
    [['deployments', 'runs'], { input: { deploymentId } }],
    [['deployments', 'getRun'], { input: { runId } }],
  ];
}

export function touchedBy(event: JobEvent): Touched {
  const { kind, jobId, projectId } = event;
  const job: Key[] = jobId === null ? [] : [[['jobs', 'get'], { input: { jobId } }]];
  // A step event affects only its job: anything more would refetch a dozen times per issuance. A step that asks the
  // user for a TXT record also refetches the overview.
  if (kind === 'job.step') {
    return { keys: asksForRecord(event) ? [...job, of('overview')] : job, row: null };
  }
  if (kind === 'deployment.step') return { keys: ofRun(event), row: null };
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
