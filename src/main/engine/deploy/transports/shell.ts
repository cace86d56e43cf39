// What the script needs of a connection: run a command line, and put files where only the login user can read them.
import type { Tunnel } from '../transport.ts';

export interface ShellOptions {
  readonly stdin: Uint8Array;
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  /** Called with each part of standard output as it arrives. */
  readonly onOutput?: (chunk: Buffer) => void;
  /** The command may leave processes behind that hold its output open: do not wait for those. */
  readonly leavesProcesses?: boolean;
  /** Standard input stays open until this is true of the output so far. Default: it ends after `stdin`. */
  readonly isComplete?: (output: Buffer) => boolean;
  /** Bytes of standard output to keep; the rest is read and dropped. */
  readonly maxOutput: number;
}

export interface ShellResult {
  /** Null if a signal ended the command. */
  readonly exitCode: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
  /** Whether standard output was longer than `maxOutput`. */
  readonly truncated: boolean;
}

export interface Shell {
  /** The name of the host, for messages. */
  readonly host: string;
  /**
   * Runs a command line in the login shell. Resolves when the command has ended, even if a process that it left behind
   * holds its output open.
   * @throws HOST_CONNECTION_LOST, HOST_TIMEOUT, or the reason of the signal
   */
  exec(line: string, options: ShellOptions): Promise<ShellResult>;
  /**
   * Writes files as `<folder>/<index>`, mode 0600, into a new folder of the login user with mode 0700.
   * @param name The folder's.
   * @returns the absolute path of the folder
   */
  upload(files: readonly Uint8Array[], name: string, signal: AbortSignal): Promise<string>;
  /** As in Transport. */
  readonly tunnel: Tunnel | null;
  /** Ends the connection at once. */
  close(): void;
}

/** Milliseconds without output after which that of an ended command counts as complete (`leavesProcesses`). */
export const OUTPUT_GRACE_MS = 250;
