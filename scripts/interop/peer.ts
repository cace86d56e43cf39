// The declaration of a peer, a program that users run with Certdesk: how to install it and what to check.
import type { Install } from './install.ts';

/** The environment of one peer's checks; it stops everything that they start. */
export interface Bench {
  /** A temporary folder for the peer's configuration and data. */
  readonly folder: string;
  /**
   * Runs one check; its failure does not stop the others. @param title What works, as a sentence.
   * @param work Resolves with a remark for the report, or nothing.
   */
  check(title: string, work: () => Promise<string | undefined>): Promise<void>;
  /** The output of a process, whose end is printed if a check fails. */
  watch(output: () => string): void;
  /** Runs when the peer's checks have ended, the last one first. */
  cleanUp(stop: () => Promise<unknown>): void;
}

export interface Installed {
  /** As docs/interop.md shows it. */
  readonly version: string;
}

/** A peer whose installation is checked by its type; definePeer hides that type from the runner. */
export interface PeerDefinition<T extends Installed> {
  /** Of the command line too, so without blanks. */
  readonly name: string;
  /** The source of the program: `Go module github.com/smallstep/certificates`. */
  readonly source: string;
  /** Installs it into the cache folder. @throws NotInstallable */
  install(install: Install): Promise<T>;
  run(installed: T, bench: Bench): Promise<void>;
}

export interface Peer {
  readonly name: string;
  readonly source: string;
  prepare(install: Install): Promise<{ readonly version: string; run(bench: Bench): Promise<void> }>;
}

export function definePeer<T extends Installed>(definition: PeerDefinition<T>): Peer {
  const { name, source } = definition;
  return {
    name,
    source,
    async prepare(install) {
      const installed = await definition.install(install);
      return { version: installed.version, run: (bench) => definition.run(installed, bench) };
    },
  };
}

/** The reason why a peer cannot be installed on this machine; docs/interop.md then says "not run". */
export class NotInstallable extends Error {}

/** @throws Error with the message unless the condition holds. */
export function ensure(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(message);
}
