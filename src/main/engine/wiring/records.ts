// Wires what users store and read: projects, certificates, imports, backups and settings.
import { createAuditTrail } from '../audit/trail.ts';
import { type Backups, createBackups } from '../backups/backups.ts';
import { createRestores } from '../backups/restores.ts';
import { createAcknowledgements } from '../certificates/acknowledge.ts';
import { createCertificates } from '../certificates/certificates.ts';
import { createHistory } from '../certificates/versions.ts';
import { findDeployed } from '../deploy/deployed-projects.ts';
import { findServed } from '../endpoints/served.ts';
import type { Engine } from '../engine.ts';
import { createHttps } from '../https/https.ts';
import type { DeploymentAdopter } from '../import/adopt-deployments.ts';
import { createImports } from '../import/imports.ts';
import { findNeeds } from '../overview/overview.ts';
import { createProjects } from '../projects/projects.ts';
import { createDesktopState } from '../settings/desktop-state.ts';
import { createSavedFilters } from '../settings/saved-filters.ts';
import { createSettings } from '../settings/settings.ts';
import type { Common } from './common.ts';
import type { IssuanceServices } from './issuance.ts';

export type RecordServices = Pick<
  Engine,
  | 'projects'
  | 'certificates'
  | 'acknowledgements'
  | 'history'
  | 'imports'
  | 'audit'
  | 'settings'
  | 'savedFilters'
  | 'restores'
  | 'desktopState'
  | 'https'
> & { readonly backups: Backups };

export function wireRecords(
  common: Common,
  {
    queue,
    chooser,
    dnsCredentials,
    adopter,
  }: Pick<IssuanceServices, 'queue' | 'chooser' | 'dnsCredentials'> & {
    readonly adopter: DeploymentAdopter;
  },
): RecordServices {
  const { stores, journal, vault, secrets, clock, log, locks, background, directories } = common;
  const { addressPolicy, acmeShFolder, restart, backups } = common;
  const deployedOf = (projectIds: readonly string[]) => findDeployed(stores, projectIds);
  const servedOf = (projectIds: readonly string[]) => findServed(stores, projectIds);
  const https = createHttps({ stores, journal, vault, secrets, clock, log });
  return {
    https,
    projects: createProjects({
      stores,
      journal,
      clock,
      forgetCredentials: chooser.forget,
      findNeedingAttention: async (visible, now) =>
        (await findNeeds(stores, visible, now)).map(({ projectId }) => projectId),
      servedOf,
      isUsedByHttps: https.usesProject,
      deployedOf,
    }),
    certificates: createCertificates({ stores, journal, vault, clock, background, deployedOf, servedOf }),
    acknowledgements: createAcknowledgements({ journal, clock }),
    history: createHistory({ stores, journal, clock, directories }),
    imports: createImports({
      stores,
      journal,
      vault,
      secrets,
      clock,
      locks,
      background,
      directories,
      acmeShFolder,
      dnsCredentials,
      adopter,
    }),
    audit: createAuditTrail(stores),
    settings: createSettings(stores, journal, addressPolicy, directories),
    savedFilters: createSavedFilters(stores, journal, clock),
    backups: createBackups({ stores, secrets, journal, clock, log, backups }),
    restores: createRestores({ stores, journal, clock, log, queue, backups, restart }),
    desktopState: createDesktopState(stores, clock),
  };
}
