// Solves tls-alpn-01 (RFC 8737): holds the presented challenges by server name and creates their certificates, which
// http/alpn-listener.ts serves.
import { hash } from 'node:crypto';
import { isIpAddress, toOctets } from '../../../shared/ip-address.ts';
import { CertdeskError } from '../core/errors.ts';
import type { ChallengeRecord } from '../core/model.ts';
import type { Clock } from '../core/ports.ts';
import { randomSecret } from '../core/random-secret.ts';
import { type AlpnCertificate, createAlpnCertificate } from './alpn-certificate.ts';
import type { ChallengeSolver } from './solver.ts';

/** A certificate that is served like that of a challenge, to test reachability. */
export interface AlpnProbe {
  /** Whether a certificate, as DER, is the one that Certdesk serves for the identifier at this moment. */
  isServed(der: Uint8Array): boolean;
  /** Stops serving the probe's certificate. */
  end(): void;
}

export interface AlpnChallenges {
  readonly solver: ChallengeSolver;
  /** Returns the certificate for a TLS server name; null if no challenge is presented for it. */
  answer(serverName: string): AlpnCertificate | null;
  /** Serves a certificate for the identifier until `end` is called, unless a challenge is presented for it. */
  probe(identifier: string): AlpnProbe;
  /** Serves the challenges of an earlier run: the CA may connect before their job has resumed. */
  restore(challenges: readonly RestoredChallenge[]): void;
}

type RestoredChallenge = Pick<ChallengeRecord, 'type' | 'state' | 'identifier' | 'keyAuthorization'>;

export interface AlpnDeps {
  readonly clock: Clock;
  /** Whether a listener answers for tls-alpn-01. */
  isListening(): boolean;
}

interface Presented {
  readonly identifier: string;
  readonly keyAuthorization: string;
  readonly isProbe: boolean;
  /** From an earlier run: its job has not resumed yet, and gives way to others until then. */
  readonly isRestored: boolean;
  /** Created at the first handshake. */
  certificate: AlpnCertificate | null;
}

/**
 * A handshake shows one certificate per name, and nothing in it says which validation it belongs to (RFC 8737 section 3).
 * Orders for the same name are therefore validated one after the other.
 */
export function createAlpnChallenges({ clock, isListening }: AlpnDeps): AlpnChallenges {
  const byServerName = new Map<string, readonly Presented[]>();

  function add(
    identifier: string,
    keyAuthorization: string,
    { isProbe = false, isRestored = false } = {},
  ): Presented {
    const name = toServerName(identifier);
    const presented: Presented = { identifier, keyAuthorization, isProbe, isRestored, certificate: null };
    const others = (byServerName.get(name) ?? []).filter((each) => !isSame(each, presented));
    const probes = others.filter((each) => each.isProbe);
    const challenges = others.filter((each) => !each.isProbe);
    // The last one is served: a probe never takes the place of a challenge.
    byServerName.set(
      name,
      isProbe ? [...probes, presented, ...challenges] : [...probes, ...challenges, presented],
    );
    return presented;
  }

  function remove(identifier: string, keyAuthorization: string): void {
    const name = toServerName(identifier);
    const left = (byServerName.get(name) ?? []).filter((each) => each.keyAuthorization !== keyAuthorization);
    if (left.length === 0) byServerName.delete(name);
    else byServerName.set(name, left);
  }

  function answer(serverName: string): AlpnCertificate | null {
    const presented = byServerName.get(serverName.toLowerCase().replace(/\.$/, ''))?.at(-1);
    if (presented === undefined) return null;
    const digest = hash('sha256', presented.keyAuthorization, 'buffer');
    presented.certificate ??= createAlpnCertificate(presented.identifier, digest, clock.now());
    return presented.certificate;
  }

  return {
    answer,
    probe(identifier) {
      const text = randomSecret('certdesk-test-');
      add(identifier, text, { isProbe: true });
      return {
        isServed: (der) => answer(toServerName(identifier))?.der.equals(der) ?? false,
        end: () => remove(identifier, text),
      };
    },
    restore(challenges) {
      for (const { type, state, identifier, keyAuthorization } of challenges) {
        if (type === 'tls-alpn-01' && state !== 'cleaned')
          add(identifier, keyAuthorization, { isRestored: true });
      }
    },
    solver: {
      type: 'tls-alpn-01',
      reserve(tasks) {
        const own = new Set(tasks.map(({ keyAuthorization }) => keyAuthorization));
        const taken = tasks.find(({ identifier }) =>
          byServerName
            .get(toServerName(identifier))
            ?.some((each) => !each.isProbe && !each.isRestored && !own.has(each.keyAuthorization)),
        );
        if (taken !== undefined) return taken.identifier;
        for (const { identifier, keyAuthorization } of tasks) add(identifier, keyAuthorization);
        return null;
      },
      async present({ identifier, keyAuthorization }, { report }) {
        if (!isListening()) throw notListening();
        add(identifier, keyAuthorization);
        report('challenge', `Serving the TLS certificate of the challenge for ${identifier}`);
      },
      async awaitVisible() {
        // Served from memory: visible immediately to anyone who can reach this server.
      },
      async cleanUp({ identifier, keyAuthorization }) {
        remove(identifier, keyAuthorization);
      },
    },
  };
}

const isSame = (a: Presented, b: Presented): boolean => a.keyAuthorization === b.keyAuthorization;

/** The request is valid, but this server was started without the listener that it needs. */
function notListening(): CertdeskError {
  return new CertdeskError('ALPN_LISTENER_OFF');
}

/**
 * The server name (SNI) that a CA sends for an identifier: the name itself; for an IP address, its name for reverse DNS,
 * because SNI has no addresses (RFC 8738 section 6).
 * @param identifier A host name in lower case, or an IP address in canonical form.
 */
export function toServerName(identifier: string): string {
  if (!isIpAddress(identifier)) return identifier;
  const octets = toOctets(identifier);
  if (octets.length === 4) return `${[...octets].reverse().join('.')}.in-addr.arpa`;
  const nibbles = octets.flatMap((octet) => [octet >> 4, octet & 0xf].map((half) => half.toString(16)));
  return `${nibbles.reverse().join('.')}.ip6.arpa`;
}
