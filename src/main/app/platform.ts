// Defines what createApp needs from the program that calls it: the desktop application or the headless server.
import type { Logger } from 'pino';
import type { DirectoryOverrides } from '../engine/acme/directories.ts';
import type { WebPorts } from '../engine/challenges/reachability/fetch.ts';
import type { Clock } from '../engine/core/ports.ts';
import type { EnginePorts } from '../engine/engine.ts';
import type { ShellCommand } from '../shell-command.ts';

export interface Platform {
  readonly dataFolder: string;
  readonly secretStore: 'auto' | 'keychain' | 'sealed-file';
  /** A `port` of 0 picks a free one; null uses the port in the settings. */
  readonly api: {
    readonly host: string;
    readonly port: number | null;
    /** Why plain HTTP must not be served on this host, as a sentence; null or undefined if it may. */
    readonly plainHttpRefusal?: string | null;
  };
  /** Options of HTTPS; null or undefined uses the settings. */
  readonly https?: {
    readonly enabled: boolean | null;
    /** ID or domain. */
    readonly project: string | null;
    readonly redirect: boolean | null;
  };
  /** `required`: whether a port that cannot be opened fails the start, or only adds a notice. */
  readonly challenge: {
    readonly host: string;
    readonly port: number | null;
    readonly required: boolean;
    /** The port of tls-alpn-01; 0 picks a free one; undefined or null: none besides that of HTTPS. */
    readonly alpnPort?: number | null;
  };
  readonly allowedHosts: readonly string[];
  /**
   * Private networks, in CIDR notation, to which Certdesk may connect when a token or a remote server names an address.
   */
  readonly allowPrivate: readonly string[];
  readonly directories: DirectoryOverrides;
  readonly dns: {
    /** Resolvers as HOST:PORT; empty: the system's resolvers. */
    readonly resolvers: readonly string[];
    /** Maps provider IDs to URLs that replace the provider's own API. */
    readonly endpoints: Readonly<Record<string, string>>;
    /** The port of authoritative servers; null: 53. Tests use others. */
    readonly authorityPort: number | null;
    /** The folder of acme.sh; undefined or null disables its scripts. */
    readonly acmeShFolder?: string | null;
  };
  /** Ports that CAs use for HTTP-01, its redirects and TLS-ALPN-01; default: 80 and 443. Other ports only work in tests. */
  readonly webPorts?: WebPorts;
  /** Additional root certificates to trust for CAs, as PEM. */
  readonly acmeRoots: string | null;
  /** The folder of the built GUI; null if it is not built. */
  readonly guiFolder: string | null;
  readonly version: string;
  /** Builds command lines that users can type on this machine. */
  readonly shellCommand: ShellCommand;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly limits: Limits;
  /** Wraps the engine's ports; tests use it to end the process between two calls. */
  readonly around?: (ports: EnginePorts) => EnginePorts;
}

/** Time limits in milliseconds, and how many jobs run in parallel. */
export interface Limits {
  readonly concurrency: number;
  readonly acmeRequestMs: number;
  readonly answerWithinMs: number;
  readonly issueWithinMs: number;
  /** How long the doctor may examine an order, in milliseconds. */
  readonly examineWithinMs: number;
}

export const DEFAULT_LIMITS: Limits = {
  concurrency: 10,
  acmeRequestMs: 30_000,
  answerWithinMs: 120_000,
  issueWithinMs: 900_000,
  examineWithinMs: 3_000,
};
