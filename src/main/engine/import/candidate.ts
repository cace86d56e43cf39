// Defines a certificate as a layout's reader finds it, before it is evaluated: PEM texts and the other client's
// renewal settings. It holds secrets and never leaves the engine.
import type { ChallengeType } from '../../../shared/certificate.ts';
import type { DnsCredentials } from '../dns/credentials/values.ts';
import type { FoundDeployment } from './found-deployment.ts';

export interface Found {
  /** Path in the folder, so that the user recognizes the certificate. */
  readonly source: string;
  /** PEM, including the chain if there is one. */
  readonly certificate: string | null;
  /** PEM in any form; null if there is none. */
  readonly privateKey: string | null;
  readonly renewal: FoundRenewal | null;
  /** What the other client did after a renewal. Default: nothing. */
  readonly deployments?: readonly FoundDeployment[];
  readonly problems: readonly string[];
  readonly notes: readonly string[];
}

/** How the other client renews, in Certdesk's terms. */
export interface FoundRenewal {
  /** The CA's directory. */
  readonly directoryUrl: string;
  readonly email: string | null;
  readonly proof: Proof;
  readonly account: FoundAccount | null;
  /** Whether renewal is turned off in the other client. */
  readonly switchedOff: boolean;
  readonly preferredChain: string | null;
  readonly profile: string | null;
}

export interface Proof {
  readonly challengeType: ChallengeType;
  readonly dnsProvider: string | null;
  /** Null if none are needed, or none were found (`lacking` says so). */
  readonly credentials: DnsCredentials | null;
  /** Why Certdesk cannot renew automatically; null if it can. */
  readonly lacking: string | null;
  readonly notes: readonly string[];
}

export interface FoundAccount {
  /** PKCS#8 PEM. */
  readonly privateKey: string;
  /** Null if unknown: the CA returns it for the key (RFC 8555 section 7.3.1). */
  readonly url: string | null;
}

export const WEB_SERVER_NOTE =
  'The web server on port 80 answered the CA’s challenge. Forward /.well-known/acme-challenge/ from there to Certdesk, or renewals will fail.';
export const STANDALONE_NOTE = 'The CA must reach Certdesk’s challenge listener on port 80 of each name.';

export const httpProof = (note: string): Proof => ({
  challengeType: 'http-01',
  dnsProvider: null,
  credentials: null,
  lacking: null,
  notes: [note],
});

const ALPN_NOTE =
  'Renewals use TLS-ALPN-01: start Certdesk with --alpn-port 443, and the CA must reach it on port 443 of each name.';

export const alpnProof: Proof = {
  challengeType: 'tls-alpn-01',
  dnsProvider: null,
  credentials: null,
  lacking: null,
  notes: [ALPN_NOTE],
};

export const dnsProof = (
  dnsProvider: string,
  credentials: DnsCredentials | null,
  lacking: string | null,
): Proof => ({ challengeType: 'dns-01', dnsProvider, credentials, lacking, notes: [] });

/** For DNS-01 without a supported provider: the user creates the TXT record at each renewal. */
export const manualProof = (why: string): Proof =>
  dnsProof(
    'manual',
    null,
    `${why} Renewals are manual until you request the certificate again with a DNS provider that Certdesk supports.`,
  );
