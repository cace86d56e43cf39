// Verifies certificates: `checkKeyPair` checks uploads, `verifyIssued` checks what a CA issued. No I/O; inspect/ parses.

import { createPrivateKey } from 'node:crypto';
import type { Warning } from '../../../shared/certificate.ts';
import type { IssuedDetails } from '../core/error-details.ts';
import { CertdeskError } from '../core/errors.ts';
import type { LeafFacts } from '../core/model.ts';
import type { Certificate } from './inspect/certificate.ts';
import {
  compareLeaves,
  type OrderedChain,
  type OrderOptions,
  orderChain,
  parseChain,
} from './inspect/chain.ts';
import { type CertificateDescription, describeCertificate, leafFacts } from './inspect/facts.ts';
import { describeKey, ownsKey, publicKeyOf } from './inspect/public-key.ts';
import {
  refuseExplicitCurve,
  refuseInvalidAddresses,
  refuseOtherDomain,
  refuseOutsideValidity,
  refuseWeakKeys,
  refuseWeakSignatures,
} from './inspect/refusals.ts';
import { warningsOf } from './inspect/warnings.ts';
import { readPrivateKeys } from './keys.ts';

/** Describes each certificate of a PEM chain, in the order of the text. @throws CERTIFICATE_UNREADABLE */
export function describeChain(chainPem: string): readonly CertificateDescription[] {
  return parseChain(chainPem).map(describeCertificate);
}

export interface KeyPairInput {
  /** The leaf and its chain, in any order and any format that content.ts supports. */
  readonly certificate: string;
  /** Any format that `readPrivateKeys` accepts. Of several keys, the certificate for the domain selects one. */
  readonly privateKey: string;
  readonly passphrase?: string | undefined;
  /** The project's domain (A-labels, or an IP address); null if the project has none, which skips the check. */
  readonly domain: string | null;
  /** The project's further names, which cause no warning. */
  readonly altNames?: readonly string[];
  readonly now: Date;
  /** PEM roots that clients trust. Default: Node's list (Mozilla's). */
  readonly roots?: readonly string[];
}

export interface CheckedKeyPair {
  /** PEM, leaf first, LF, without duplicates and unrelated certificates. */
  readonly chain: string;
  /** PKCS#8 PEM, unencrypted. */
  readonly privateKey: string;
  readonly leaf: LeafFacts;
  /** The given domain, or the certificate's first name. */
  readonly domain: string;
  readonly warnings: readonly Warning[];
}

/**
 * Checks whether an uploaded certificate and key can be used (docs/rest-api.md, "Upload and validate").
 * @throws the first that applies of CERTIFICATE_UNREADABLE; KEY_UNREADABLE, PASSPHRASE_REQUIRED, PASSPHRASE_WRONG;
 * KEY_MISMATCH; WEAK_KEY; WEAK_SIGNATURE; CERTIFICATE_EXPIRED; CERTIFICATE_NOT_YET_VALID; CERTIFICATE_DOMAIN_MISMATCH
 */
export function checkKeyPair(input: KeyPairInput): CheckedKeyPair {
  const { domain, now } = input;
  const certificates = parseChain(input.certificate);
  const privateKeys = readPrivateKeys(input.privateKey, input.passphrase);
  const names = domain === null ? [] : [domain, ...(input.altNames ?? [])];
  const options = { now, names, ...(input.roots === undefined ? {} : { roots: input.roots }) };
  const pair = choosePair(certificates, privateKeys, options);
  if (pair === null) {
    refuseExplicitCurve(certificates);
    throw keyMismatch(certificates, privateKeys);
  }
  const { chain, privateKey } = pair;
  refuseWeakKeys(chain.path);
  refuseWeakSignatures(chain.path);
  refuseOutsideValidity(chain.leaf, now);
  refuseInvalidAddresses(chain.leaf);
  refuseOtherDomain(chain.leaf, domain);
  const leaf = leafFacts(chain.leaf);
  return {
    chain: chain.path.map(({ x509 }) => x509.toString()).join(''),
    privateKey,
    leaf,
    domain: domain ?? leaf.names[0] ?? '',
    warnings: warningsOf(chain, { now, projectNames: names }),
  };
}

interface Pair {
  readonly chain: OrderedChain;
  /** PKCS#8 PEM. */
  readonly privateKey: string;
}

/** Selects the key with the most suitable certificate; null if no key has a certificate. */
function choosePair(
  certificates: readonly Certificate[],
  privateKeys: readonly string[],
  options: Omit<OrderOptions, 'privateKey'>,
): Pair | null {
  const pairs = privateKeys.flatMap((privateKey): readonly Pair[] => {
    const chain = orderChain(certificates, { ...options, privateKey: createPrivateKey(privateKey) });
    return chain === null ? [] : [{ chain, privateKey }];
  });
  return pairs.toSorted((a, b) => compareLeaves(a.chain.leaf, b.chain.leaf, options))[0] ?? null;
}

/** The specification prescribes the message. The details name the types of the keys, which often explain the mismatch. */
function keyMismatch(certificates: readonly Certificate[], privateKeys: readonly string[]): CertdeskError {
  return new CertdeskError('KEY_MISMATCH', 'Certificate and private key do not match', {
    certificateKeys: certificates.map((certificate) => describeKey(publicKeyOf(certificate)).text),
    privateKey: privateKeys.map((key) => describeKey(createPrivateKey(key)).text).join(', '),
  });
}

/** The allowed difference between the CA's clock and this machine's. */
const CLOCK_SLACK_MS = 3_600_000;

export interface IssuedInput {
  /** PEM, as the CA sent it. */
  readonly chain: string;
  /** PKCS#8 PEM of the key that signed the order's CSR. */
  readonly privateKey: string;
  /** The ordered names: A-labels, or IP addresses. */
  readonly names: readonly string[];
  readonly now: Date;
}

/**
 * Checks that a CA issued the ordered certificate: the leaf comes first (RFC 8555 section 7.4.2), has the order's key,
 * has exactly the ordered names in its SAN, and is valid now.
 * @throws ISSUED_CERTIFICATE_REJECTED (details.check: `chain`, `key`, `names` or `validity`)
 */
export function verifyIssued({ chain, privateKey, names, now }: IssuedInput): LeafFacts {
  const leaf = firstOf(parseIssued(chain));
  const facts = leafFacts(leaf);
  if (!ownsKey(leaf, createPrivateKey(privateKey))) {
    throw rejected('key', 'its public key differs from that of the order', { serial: facts.serial });
  }
  const ordered = new Set(names.map((name) => name.toLowerCase()));
  const issued = new Set(leaf.sanNames);
  if (ordered.size !== issued.size || !leaf.sanNames.every((name) => ordered.has(name))) {
    throw rejected('names', 'its names differ from the ordered ones', {
      ordered: [...ordered],
      issued: [...issued],
    });
  }
  const begins = leaf.notBefore.getTime();
  const ends = leaf.notAfter.getTime();
  if (begins > now.getTime() + CLOCK_SLACK_MS || ends <= now.getTime() || ends <= begins) {
    const { issuedAt, expiresAt } = facts;
    throw rejected('validity', `it is valid from ${issuedAt} to ${expiresAt}; check the clock`, {
      issuedAt,
      expiresAt,
    });
  }
  return facts;
}

function parseIssued(chain: string): readonly Certificate[] {
  try {
    return parseChain(chain);
  } catch (cause) {
    throw rejected('chain', 'the chain cannot be read', {}, cause);
  }
}

function rejected(
  check: string,
  why: string,
  details: Omit<IssuedDetails, 'check'>,
  cause?: unknown,
): CertdeskError {
  const message = `Certdesk did not activate the certificate that the CA issued: ${why}.`;
  return new CertdeskError('ISSUED_CERTIFICATE_REJECTED', message, { check, ...details }, { cause });
}

/** parseChain never returns an empty list, but its type does not say so. */
function firstOf([first]: readonly Certificate[]): Certificate {
  if (first === undefined) throw new CertdeskError('CERTIFICATE_UNREADABLE');
  return first;
}
