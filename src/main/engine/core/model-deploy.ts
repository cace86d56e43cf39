// The records of hosts, deployments and their runs: plain data without behaviour, as model.ts.
import type {
  DeployedState,
  DeploymentFile,
  DeploymentKind,
  DeploymentSteps,
  DeploymentVerify,
  HostSelection,
  PausedBy,
} from '../../../shared/deployment.ts';
import type { DeploymentRun, RunState, RunTrigger } from '../../../shared/deployment-run.ts';
import type { DeploymentWindow, Waiting } from '../../../shared/deployment-window.ts';
import type { ErrorBody } from '../../../shared/errors.ts';
import type { HostCredentialKind, HostKey, TransportKind } from '../../../shared/host.ts';
import type { Rollout } from '../../../shared/rollout.ts';
import type { Timestamp } from '../../../shared/time.ts';
import type { SavedBy } from './model.ts';

export interface HostRecord {
  readonly id: string;
  readonly name: string;
  /** Sorted. */
  readonly tags: readonly string[];
  readonly transport: TransportKind;
  /** Null for this machine, unless its service listens only on this address. */
  readonly address: string | null;
  readonly port: number;
  readonly user: string | null;
  readonly credentialId: string | null;
  /** The keys that a person has accepted. */
  readonly hostKeys: readonly HostKey[];
  readonly jumpHostId: string | null;
  readonly become: 'none' | 'sudo';
  /** Who last saved the address. */
  readonly savedBy: SavedBy;
  readonly createdAt: Timestamp;
  readonly updatedAt: Timestamp;
  readonly lastContactAt: Timestamp | null;
  readonly lastError: string | null;
  /** The key that the host presented instead of an accepted one, since the last contact that succeeded. */
  readonly changedKey: HostKey | null;
}

/** A credential for hosts. The secret store holds its values under `host-credential:<id>`. */
export interface HostCredentialRecord {
  readonly id: string;
  readonly name: string;
  readonly kind: HostCredentialKind;
  readonly publicKey: { readonly type: string; readonly sha256: string; readonly line: string } | null;
  readonly createdAt: Timestamp;
  readonly updatedAt: Timestamp;
}

/** The command of a deployment of the kind `command`. */
export type DeploymentCommand =
  | { readonly argv: readonly string[] }
  /** The script itself is in `scriptSealed`. */
  | { readonly script: { readonly lines: number; readonly sha256: string } };

export interface DeploymentRecord {
  readonly id: string;
  readonly projectId: string;
  readonly name: string;
  readonly kind: DeploymentKind;
  readonly recipe: string | null;
  readonly hosts: HostSelection;
  readonly enabled: boolean;
  /** Null if it is enabled. */
  readonly pausedBy: PausedBy | null;
  readonly files: readonly DeploymentFile[];
  readonly command: DeploymentCommand | null;
  /** Sealed by the vault, context `deployment:<id>`. */
  readonly scriptSealed: Uint8Array | null;
  readonly steps: DeploymentSteps;
  readonly verify: DeploymentVerify | null;
  /** Null: runs begin at once. */
  readonly window: DeploymentWindow | null;
  readonly rollout: Rollout;
  /** A deployment of the project that comes before this one. */
  readonly after: string | null;
  /** Of a kind without a host, by the name of the field; otherwise empty. */
  readonly options: Readonly<Record<string, string>>;
  /** What a script of acme.sh has saved for its next run. Sealed by the vault, context `deployment-saved:<id>`. */
  readonly savedSealed: Uint8Array | null;
  /** Derived from its runs (deploy/state.ts), stored for lists and counts. */
  readonly state: DeployedState;
  readonly stateAt: Timestamp;
  /** Only in the state `waiting`; derived as it is. */
  readonly waiting: Waiting | null;
  readonly createdAt: Timestamp;
  readonly updatedAt: Timestamp;
}

/** A host of a deployment, whether it is in its list or has its tag. */
export interface DeploymentTargetRecord {
  readonly deploymentId: string;
  readonly hostId: string;
  /** The newest run there; null if there was none. */
  readonly runId: string | null;
}

/** A path on a host that belongs to a deployment. */
export interface ClaimRecord {
  readonly hostId: string;
  /** As configured, or the real path after links are followed. */
  readonly path: string;
  readonly deploymentId: string;
}

/** What a service presented before its files were replaced. */
export interface SeenBefore {
  /** How good it was: deploy/verify.ts defines the order. */
  readonly grade: 'current' | 'valid' | 'incomplete' | 'wrong-name' | 'failed' | 'unknown';
  /** Whether putting back the previous certificate makes sense. */
  readonly worthKeeping: boolean;
}

/** One version of a certificate on its way to one host. */
export interface DeploymentRunRecord {
  readonly id: string;
  readonly deploymentId: string;
  readonly projectId: string;
  readonly hostId: string;
  readonly versionId: string;
  readonly fingerprint: string;
  readonly state: RunState;
  readonly trigger: RunTrigger;
  readonly force: boolean;
  /** Whether a person, a rollback or a leaked key has overridden the window. */
  readonly ignoresWindow: boolean;
  readonly steps: DeploymentRun['steps'];
  readonly error: ErrorBody | null;
  readonly reloadOwed: boolean;
  /** Attempts that have begun. `<id>-<attempts>` is the run's name on the host. */
  readonly attempts: number;
  /**
   * Whether the script of the last attempt was started on the host and its result is unknown, or a reload is owed and no
   * further attempt makes it.
   */
  readonly unsettled: boolean;
  readonly seenBefore: SeenBefore | null;
  readonly createdAt: Timestamp;
  readonly startedAt: Timestamp | null;
  readonly finishedAt: Timestamp | null;
  /** When the next attempt begins; null if there is none. */
  readonly nextAttemptAt: Timestamp | null;
}
