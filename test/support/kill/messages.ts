// The messages between the killable process and its test.

export interface ProgramOptions {
  readonly dataFolder: string;
  readonly directoryUrl: string;
  readonly rootsFile: string;
  readonly httpPort: number;
  /** Created by an earlier run; null: a new one. */
  readonly token: string | null;
  readonly dns: {
    readonly resolvers: readonly string[];
    readonly endpoints: Readonly<Record<string, string>>;
    readonly authorityPort: number | null;
  };
  /** Whether waits of Certdesk take little real time (quick-time.ts). */
  readonly quick?: boolean;
  /** MiB of the data folder's own file system, which the process can fill (Linux). */
  readonly ownDiskMb?: number;
}

/** The action at the transition: the process ends, or its disk is filled. */
export type FaultAction = 'kill' | 'fill';

export type ToProgram =
  /** Act at the nth occurrence of this transition. */
  | { readonly kind: 'arm'; readonly name: string; readonly nth: number; readonly action: FaultAction }
  /** Record transitions from now on. */
  | { readonly kind: 'record' }
  | { readonly kind: 'recorded' }
  /** Report when no job is running any more, including what follows its answer. */
  | { readonly kind: 'settle' }
  /** Fill the disk of the data folder to its last byte, or free the space. */
  | { readonly kind: 'fill' }
  | { readonly kind: 'free' }
  /** Stop, make the disk read-only, try to start, make it writable and start again. */
  | { readonly kind: 'read-only' };

export type FromProgram =
  | { readonly kind: 'ready'; readonly address: string; readonly token: string; readonly link: string }
  /** The last command was carried out. */
  | { readonly kind: 'done' }
  | { readonly kind: 'settled' }
  | { readonly kind: 'recorded'; readonly names: readonly string[] }
  /** The result of the start on a read-only disk. */
  | { readonly kind: 'refused'; readonly code: string; readonly message: string };
