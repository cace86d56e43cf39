// Kysely's types of the tables of hosts and deployments (migrations 0022 and 0029). Texts of complex values are JSON.
import type { Generated, GeneratedAlways } from 'kysely';
import type { DeployedState, DeploymentKind } from '../../shared/deployment.ts';
import type { RunState, RunTrigger } from '../../shared/deployment-run.ts';
import type { HostCredentialKind, TransportKind } from '../../shared/host.ts';

export interface DeploySchema {
  hosts: HostsTable;
  host_credentials: HostCredentialsTable;
  deployments: DeploymentsTable;
  deployment_runs: DeploymentRunsTable;
  deployment_targets: DeploymentTargetsTable;
  deployment_claims: DeploymentClaimsTable;
}

export interface HostsTable {
  id: string;
  name: string;
  tags: string;
  transport: TransportKind;
  address: string | null;
  port: number;
  user: string | null;
  credential_id: string | null;
  host_keys: string;
  jump_host_id: string | null;
  become: 'none' | 'sudo';
  saved_by: string;
  created_at: string;
  updated_at: string;
  last_contact_at: string | null;
  last_error: string | null;
  changed_key: string | null;
}

export interface HostCredentialsTable {
  id: string;
  name: string;
  kind: HostCredentialKind;
  public_key: string | null;
  created_at: string;
  updated_at: string;
}

export interface DeploymentsTable {
  seq: Generated<number>;
  id: string;
  project_id: string;
  name: string;
  kind: DeploymentKind;
  recipe: string | null;
  hosts: string;
  tag: GeneratedAlways<string | null>;
  enabled: number;
  paused_by: 'person' | 'restore' | 'import' | null;
  files: string;
  command: string | null;
  script_sealed: Uint8Array | null;
  steps: string;
  verify: string | null;
  window: string | null;
  waiting: string | null;
  after_id: string | null;
  rollout: string;
  options: string;
  saved_sealed: Uint8Array | null;
  state: DeployedState;
  state_at: string;
  created_at: string;
  updated_at: string;
}

export interface DeploymentRunsTable {
  seq: Generated<number>;
  id: string;
  deployment_id: string;
  project_id: string;
  host_id: string;
  version_id: string;
  fingerprint: string;
  state: RunState;
  trigger: RunTrigger;
  force: number;
  ignores_window: number;
  steps: string;
  error: string | null;
  reload_owed: number;
  attempts: number;
  unsettled: number;
  seen_before: string | null;
  created_at: string;
  started_at: string | null;
  finished_at: string | null;
  next_attempt_at: string | null;
}

interface DeploymentTargetsTable {
  deployment_id: string;
  host_id: string;
  run_id: string | null;
  forget_at: Generated<string | null>;
}

interface DeploymentClaimsTable {
  host_id: string;
  path: string;
  deployment_id: string;
}
