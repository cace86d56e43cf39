// The interface of the queries for the simulator. Those of certificates read one index only.
import type { DeploymentWindow } from '../../../../shared/deployment-window.ts';

/** Active certificates, neither revoked nor removed, that are equal in everything that the simulator looks at. */
export interface CertificateGroup {
  readonly type: 'letsencrypt' | 'acme' | 'custom';
  /** A CA id or directory URL; null for uploaded certificates. */
  readonly ca: string | null;
  /** The DNS provider, or else the challenge type; null for uploaded certificates. */
  readonly provider: string | null;
  /** Null for uploaded certificates. */
  readonly challengeType: string | null;
  readonly staging: boolean;
  readonly autoRenew: boolean;
  /** Whether the CA offers ARI; null if it has not answered yet. */
  readonly hasAri: boolean | null;
  readonly lifetimeHours: number;
  /** Names of each certificate. */
  readonly names: number;
  /** The UTC day of the next attempt, `2026-11-30`; null if none is planned. */
  readonly attemptDay: string | null;
  readonly count: number;
}

/** Selects groups by the fields that are not null. */
export interface GroupFilter {
  readonly type?: 'custom';
  readonly provider?: string;
  readonly challengeType?: string;
  readonly hasAri?: boolean;
  readonly autoRenew?: boolean;
}

export interface SimulatedWindow {
  readonly deploymentId: string;
  readonly name: string;
  readonly window: DeploymentWindow;
  /** Of the project's active certificate; null if it has none. */
  readonly lifetimeHours: number | null;
}

export interface SimulationStore {
  groups(): Promise<readonly CertificateGroup[]>;
  /** Lists the first name of each certificate of this CA, without staging. @param ca As in `CertificateGroup`. */
  domains(ca: string): Promise<readonly string[]>;
  /** Lists the enabled deployments that have a window. */
  windows(): Promise<readonly SimulatedWindow[]>;
  examples(
    filter: GroupFilter,
    limit: number,
  ): Promise<readonly { readonly projectId: string; readonly domain: string }[]>;
}
