// What is read from certificates, and the two verdicts on them: `checkKeyPair` on what a person uploads, `verifyIssued`
// on what a CA issued. Nothing here does I/O; the reading itself is in inspect/.

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
  refuseOtherDomain,
  refuseOutsideValidity,
  refuseWeakKeys,
  refuseWeakSignatures,
} from './inspect/refusals.ts';
import { warningsOf } from './inspect/warnings.ts';
import { readPrivateKeys } from './keys.ts';

/** What the first certificate of a PEM text says of itself. Throws CERTIFICATE_UNREADABLE. */
export function readLeafFacts(certificatePem: string): LeafFacts {
  return leafFacts(firstOf(parseChain(certificatePem)));
}

/** Each certificate of a PEM chain, in the order of the text. Throws CERTIFICATE_UNREADABLE. */
export function describeChain(chainPem: string): readonly CertificateDescription[] {
  return parseChain(chainPem).map(describeCertificate);
}

export interface KeyPairInput {
  /** The leaf and its chain, in any order, in any form that content.ts reads. */
  readonly certificate: string;
  /** In any form that `readPrivateKeys` takes: of several keys, the one of the certificate for the domain. */
  readonly privateKey: string;
  readonly passphrase?: string | undefined;
  /** The project's domain (A-labels); null where there is none to hold the certificate against. */
  readonly domain: string | null;
  /** The project's further names: not warned of. */
  readonly altNames?: readonly string[];
  readonly now: Date;
  /** PEM roots that clients have; Node's own list (Mozilla's) where left out. */
  readonly roots?: readonly string[];
}

export interface CheckedKeyPair {
  /** PEM, leaf first, LF; without duplicates and what is not of the chain. */
  readonly chain: string;
  /** PKCS#8 PEM, unencrypted. */
  readonly privateKey: string;
  readonly leaf: LeafFacts;
  /** The given domain, or the certificate's first name. */
  readonly domain: string;
  readonly warnings: readonly Warning[];
}

/**
 * Whether an uploaded certificate and key can be taken into use (docs/rest-api.md, "Upload and validate"). Throws the first of:
 * CERTIFICATE_UNREADABLE; KEY_UNREADABLE, PASSPHRASE_REQUIRED, PASSPHRASE_WRONG; KEY_MISMATCH; WEAK_KEY;
 * WEAK_SIGNATURE; CERTIFICATE_EXPIRED; CERTIFICATE_NOT_YET_VALID; CERTIFICATE_DOMAIN_MISMATCH.
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

/** Of several keys, the one whose certificate is meant; null where none has a certificate. */
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

/** The text is the specification's. Details name the kinds of the keys, which is often the clue. */
function keyMismatch(certificates: readonly Certificate[], privateKeys: readonly string[]): CertdeskError {
  return new CertdeskError('KEY_MISMATCH', 'Certificate and private key do not match', {
    certificateKeys: certificates.map((certificate) => describeKey(publicKeyOf(certificate)).text),
    privateKey: privateKeys.map((key) => describeKey(createPrivateKey(key)).text).join(', '),
  });
}

/** Clocks of CAs and of this machine may differ by this much. */
const CLOCK_SLACK_MS = 3_600_000;

export interface IssuedInput {
  /** PEM as the CA served it. */
  readonly chain: string;
  /** PKCS#8 PEM of the key that the order's CSR was signed with. */
  readonly privateKey: string;
  /** The names that were ordered, A-labels. */
  readonly names: readonly string[];
  readonly now: Date;
}

/**
 * Whether what a CA issued is what was ordered: the leaf comes first (RFC 8555 section 7.4.2), holds our key, names
 * exactly the ordered names in its SAN, and is valid now. Throws ISSUED_CERTIFICATE_REJECTED, `details.check` being
 * `chain`, `key`, `names` or `validity`.
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

/** parseChain never answers with an empty list; the types do not know. */
function firstOf([first]: readonly Certificate[]): Certificate {
  if (first === undefined) throw new CertdeskError('CERTIFICATE_UNREADABLE');
  return first;
}
