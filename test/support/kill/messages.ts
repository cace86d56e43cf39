// What the killable process and its test say to each other.

export interface ProgramOptions {
  readonly dataFolder: string;
  readonly directoryUrl: string;
  readonly rootsFile: string;
  readonly httpPort: number;
  /** Made by a former run; null: a new one. */
  readonly token: string | null;
  readonly dns: {
    readonly resolvers: readonly string[];
    readonly endpoints: Readonly<Record<string, string>>;
    readonly authorityPort: number | null;
  };
  /** MiB of the file system that the data folder is: one of its own, which the process can fill (Linux). */
  readonly ownDiskMb?: number;
}

/** What is done at the transition: the process ends, or its disk is filled. */
export type FaultAction = 'kill' | 'fill';

export type ToProgram =
  /** Do it at the nth time that this transition comes. */
  | { readonly kind: 'arm'; readonly name: string; readonly nth: number; readonly deed: FaultAction }
  /** Note transitions from now on. */
  | { readonly kind: 'record' }
  | { readonly kind: 'recorded' }
  /** Say when no job is under way any more, with what comes after its answer. */
  | { readonly kind: 'settle' }
  /** Fill the disk of the data folder, to its last byte; or give the room back. */
  | { readonly kind: 'fill' }
  | { readonly kind: 'free' }
  /** Stop, make the disk read-only, try to start, make it writable and start again. */
  | { readonly kind: 'read-only' };

export type FromProgram =
  | { readonly kind: 'ready'; readonly address: string; readonly token: string; readonly link: string }
  /** The last order has been taken. */
  | { readonly kind: 'done' }
  | { readonly kind: 'settled' }
  | { readonly kind: 'recorded'; readonly names: readonly string[] }
  /** How the start on a read-only disk went. */
  | { readonly kind: 'refused'; readonly code: string; readonly message: string };
