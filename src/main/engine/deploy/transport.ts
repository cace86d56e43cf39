// The contract of a transport: how Certdesk reads files of a host, installs new ones, and runs commands there. A transport
// is one connection. test/support/deploy/transport-conformance.ts tests every implementation with the same suite.
import type { Duplex } from 'node:stream';
import type { AddressOrigin } from '../outgoing/address-policy.ts';

/** A host with everything that a connection needs. Its secrets are values, read from the secret store by the caller. */
export interface ConnectableHost {
  /** For messages. */
  readonly name: string;
  readonly transport: 'local' | 'ssh';
  /** `sudo`: log in as an ordinary user, and call the helper `certdesk-deploy` by `sudo -n` for everything privileged. */
  readonly become: 'none' | 'sudo';
  /** Null for `local`. */
  readonly ssh: SshTarget | null;
}

export interface SshTarget {
  /** A name or an IP address. */
  readonly address: string;
  readonly port: number;
  readonly user: string;
  readonly credential: SshCredential;
  /** The accepted keys. Only their types are negotiated. An empty list refuses every key. */
  readonly hostKeys: readonly HostKeyPin[];
  /** Whether a signed-in person saved the address (outgoing/saved-by.ts, `originOf`). */
  readonly origin: AddressOrigin;
  /** The host to connect through, with its own keys and credential; null for a direct connection. */
  readonly jump: SshTarget | null;
}

/** A private key may be in OpenSSH format, PKCS#1, SEC 1 or PKCS#8. */
export type SshCredential =
  | { readonly kind: 'key'; readonly privateKey: string; readonly passphrase: string | null }
  | { readonly kind: 'password'; readonly password: string }
  /** @property socket The path in SSH_AUTH_SOCK. */
  | { readonly kind: 'agent'; readonly socket: string };

export interface HostKeyPin {
  /** As in known_hosts: `ssh-ed25519`, `ecdsa-sha2-nistp256`, `ssh-rsa` … */
  readonly type: string;
  /** As OpenSSH prints it, without `SHA256:` and padding. */
  readonly sha256: string;
}

/**
 * Opens a connection. It is ready for calls when the promise resolves.
 * @throws HOST_UNREACHABLE, HOST_KEY_REFUSED, HOST_LOGIN_REFUSED, HOST_CREDENTIAL_INVALID, ADDRESS_NOT_ALLOWED
 */
export type ConnectTransport = (host: ConnectableHost, signal: AbortSignal) => Promise<Transport>;

/**
 * One connection to one host. Calls may overlap. Each has its own time-out and rejects with the reason of `signal` when
 * that aborts; the host may still finish what it had begun, and `outcome` says so after a new connection.
 *
 * All calls throw HOST_CONNECTION_LOST (retryable) if the connection ends, HOST_TIMEOUT if the host does not answer,
 * HOST_NOT_READY if the host lacks something (`details.check`, `details.fix`), and HOST_FILE_REFUSED if a path cannot be
 * used (`details.path`, `details.reason`).
 *
 * A deployment is: `stage`, then `swap`. After any failure or restart: `outcome`, then `swap` with the same request, which
 * finishes or puts back, or `rollBack`.
 */
export interface Transport {
  /** What is at each path, in the order of `paths`. Links are followed as `stage` would; nothing is changed. */
  stat(paths: readonly string[], signal: AbortSignal): Promise<readonly (FileState | null)[]>;

  /** The content of a regular file. @throws HOST_FILE_REFUSED if it is larger than `maxBytes` or missing */
  read(path: string, options: { readonly maxBytes: number }, signal: AbortSignal): Promise<Uint8Array>;

  /**
   * Writes each file under a temporary name next to its target, with its final owner, mode, ACL and SELinux label, flushes
   * it to disk and checks its hash. No target changes. Staging the same run again replaces what was staged; after `swap`
   * has begun it does nothing. On failure nothing stays on the host.
   */
  stage(request: StageRequest, signal: AbortSignal): Promise<readonly StagedFile[]>;

  /**
   * Installs all staged files as one, validates, and reloads. On failure it puts everything back. The work is detached from
   * the connection. The request is idempotent by its run id: a repeated call waits for, finishes or reports the same run.
   */
  swap(request: SwapRequest, signal: AbortSignal): Promise<SwapResult>;

  /** The state of a run; null if the host knows nothing of it (never swapped, or pruned). Changes nothing. */
  outcome(runId: string, signal: AbortSignal): Promise<RunOutcome | null>;

  /**
   * One reload for several runs that were swapped with `reload: 'later'`. If it fails, all of them are put back, and the
   * service is reloaded again. The results are in the order of `runIds`.
   */
  reload(request: ReloadRequest, signal: AbortSignal): Promise<readonly SwapResult[]>;

  /**
   * Puts back the files that a finished run replaced, and removes those that it added. Files that have changed since that
   * run are an error, and nothing is put back. Also ends an interrupted run. Idempotent.
   */
  rollBack(request: RollBackRequest, signal: AbortSignal): Promise<SwapResult>;

  /** Removes what a run has staged, if it was not swapped. Idempotent. */
  discard(runId: string, signal: AbortSignal): Promise<void>;

  /** Removes files; missing ones are skipped. For `sudo`, only those of the helper's list. */
  remove(paths: readonly string[], signal: AbortSignal): Promise<void>;

  /** Deletes the kept previous files of a deployment, for example because their key leaked. */
  deleteGenerations(deploymentId: string, signal: AbortSignal): Promise<void>;

  /** Runs a command outside of a swap. A failed command is a result, not an error. */
  run(command: Command, options: RunOptions, signal: AbortSignal): Promise<CommandResult>;

  /**
   * What `Test` needs to know of the host. Changes nothing.
   * @param targets The files that will be deployed.
   * @param commands What will run. The sudo helper must list them, and names those that it does not.
   */
  facts(
    targets: readonly Target[],
    signal: AbortSignal,
    commands?: readonly (readonly string[])[],
  ): Promise<HostFacts>;

  /** Connects to a port of the host from its jump host; null if there is none, and Certdesk reaches the host itself. */
  readonly tunnel: Tunnel | null;

  /** Ends the connection at once. May be called twice. */
  close(): void;
}

/** @throws ProbeFailure: `not-allowed` if the jump host forbids forwarding, `refused` if it cannot connect */
export type Tunnel = (port: number, signal: AbortSignal) => Promise<Duplex>;

export interface FileState {
  /** After following links: the file that a swap replaces. */
  readonly realPath: string;
  readonly isLink: boolean;
  /** Hexadecimal. */
  readonly sha256: string;
  readonly owner: string;
  readonly group: string;
  /** Octal, such as `0640`. */
  readonly mode: string;
  readonly size: number;
}

export interface StageRequest {
  readonly runId: string;
  readonly deploymentId: string;
  readonly files: readonly FileToStage[];
}

export interface FileToStage extends Target {
  readonly content: Uint8Array;
}

/** Where a file goes, and how. */
export interface Target {
  /** Absolute, without control characters, `.` and `..`. */
  readonly path: string;
  /** A name or a number. Null: as the file that it replaces; a new file belongs to the login user (`sudo`: root). */
  readonly owner: string | null;
  readonly group: string | null;
  /** Octal without execute bits, such as `0640`. Null: as the file that it replaces; a new file gets `newFileMode`. */
  readonly mode: string | null;
  /** The mode of a new file if `mode` is null: `0600` for anything with a private key, otherwise `0644`. */
  readonly newFileMode: '0600' | '0644';
  /** `in-place` overwrites the same inode, for bind-mounted single files. It is not atomic. */
  readonly replace: 'rename' | 'in-place';
  /** The user of the service, which `facts` checks to be able to read the file; null or omitted: unknown. */
  readonly reader?: string | null;
}

export interface StagedFile {
  readonly path: string;
  /** Where the file will be: claims are made on this. */
  readonly realPath: string;
  /** Hexadecimal hash of the new content. */
  readonly sha256: string;
  /** Whether the target exists already. */
  readonly exists: boolean;
}

export interface SwapRequest {
  readonly runId: string;
  readonly validate: Step | null;
  /** `later`: only note that a reload is owed; `reload` does it for several runs at once. */
  readonly reload: Step | 'later' | null;
}

export interface ReloadRequest {
  readonly runIds: readonly string[];
  readonly reload: Step;
}

export interface RollBackRequest {
  readonly runId: string;
  readonly reload: Step | null;
}

/** A command of a swap. */
export interface Step extends CommandInput {
  readonly command: Command;
  readonly timeoutSeconds: number;
}

/** With `sudo`, an `argv` must be on the helper's list, and there are no scripts: name a root-owned script instead. */
export type Command =
  | { readonly argv: readonly [string, ...string[]] }
  /** POSIX sh. The text reaches the host on standard input. */
  | { readonly script: string };

export interface CommandInput {
  /** Exported to the command: names and paths, nothing secret. Default: none. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Set as shell variables of a script, without export, so that no environment shows them. Scripts only. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** Values to remove from the output, besides `secrets`. */
  readonly redact?: readonly string[];
}

export interface RunOptions extends CommandInput {
  /** Default: none, the command reads an empty file. */
  readonly stdin?: Uint8Array;
  /** After it the command's process group is ended. */
  readonly timeoutMs: number;
  /** With `become: sudo`: as root through the helper. Default: as the login user. */
  readonly privileged?: boolean;
}

export interface CommandResult {
  /** Null if a signal or the time-out ended the command. 126, 127: it could not be started, as in POSIX sh. */
  readonly exitCode: number | null;
  readonly timedOut: boolean;
  /** Standard output and standard error in order of arrival: at most 64 KiB, redacted. */
  readonly output: string;
  /** Whether the output was longer. */
  readonly truncated: boolean;
}

export type StepName = 'validate' | 'reload' | 'reload-after-rollback';

export interface StepResult extends CommandResult {
  readonly step: StepName;
}

export interface SwapResult {
  readonly runId: string;
  /**
   * `swapped`: the new files are in place. `rolled-back`: the previous ones are, because of `error` or on request.
   * `rollback-failed`: some file is neither certain to be old nor new; `error` names it.
   */
  readonly state: 'swapped' | 'rolled-back' | 'rollback-failed';
  /** Whether the service still has to load the files in place: `later`, or a reload after a rollback that failed. */
  readonly reloadOwed: boolean;
  /** The commands that ran, in order. */
  readonly steps: readonly StepResult[];
  /** Why it was rolled back, as a sentence. */
  readonly error: string | null;
}

export type RunOutcome =
  | { readonly state: 'staged' }
  /** The script of this run is running on the host. */
  | { readonly state: 'running' }
  /** Its process has ended without a result (killed, or a reboot): call `swap` with the same request, or `rollBack`. */
  | { readonly state: 'interrupted'; readonly phase: string; readonly reloadOwed: boolean }
  | { readonly state: 'finished'; readonly result: SwapResult };

export interface HostFacts {
  readonly user: string;
  /** The login shell, and whether it understands POSIX quoting. */
  readonly shell: { readonly path: string; readonly supported: boolean };
  /** Milliseconds by which the host's clock is ahead of this machine's; accurate to about a second. */
  readonly clockOffsetMs: number;
  /** Programs that the script needs and the host lacks; empty if it has all. */
  readonly missingTools: readonly string[];
  /** Whether ACLs of replaced files can be kept. */
  readonly keepsAcl: boolean;
  /** For `become: sudo`; null otherwise. */
  readonly sudo: SudoFacts | null;
  /** Local only: how a service manager confines this process; null if it does not. */
  readonly sandbox: SandboxFacts | null;
  /** What would stop a deployment of the targets, at most one problem for each, and the line that fixes it. */
  readonly problems: readonly PathProblem[];
}

export interface SudoFacts {
  readonly state:
    | 'ready'
    | 'password-required'
    | 'not-allowed'
    | 'not-installed'
    | 'helper-missing'
    | 'helper-outdated';
  /** The sudo error, for people; null if it is ready. */
  readonly message: string | null;
}

export interface SandboxFacts {
  /** The folders of the targets that this process sees as read-only. */
  readonly readOnly: readonly string[];
  readonly noNewPrivileges: boolean;
  /** The unit, if systemd started this process. */
  readonly unit: string | null;
  /** A drop-in for that unit, ready to copy. */
  readonly dropIn: string;
}

export interface PathProblem {
  readonly path: string;
  readonly reason: PathReason;
  /** What is wrong, as a sentence. */
  readonly message: string;
  /** A command or line that fixes it; null if there is none. */
  readonly fix: string | null;
}

/** Why a path cannot be used; `details.reason` of HOST_FILE_REFUSED. */
export type PathReason =
  | 'missing'
  | 'is-a-folder'
  | 'not-a-file'
  | 'folder-missing'
  | 'no-permission'
  | 'read-only'
  | 'no-space'
  | 'unsafe-link'
  | 'certbot-live'
  | 'unsafe-folder'
  | 'not-listed'
  | 'owner-unknown'
  | 'owner-not-permitted'
  | 'invalid'
  | 'too-large'
  | 'changed'
  | 'hash-mismatch'
  | 'failed';
