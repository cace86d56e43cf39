// What clients reject although every signature and date of the chain is right: a certificate that is not for servers, a CA
// that exceeds its own limits, and cryptography that is too weak. As `openssl verify -purpose sslserver` at security level
// 2, the default of current OpenSSL. Pure.
import type { X509Certificate } from 'node:crypto';
import type { Finding } from '../../../shared/endpoint.ts';
import { formatName, limitsOf, permitsName } from '../pki/inspect/limits.ts';
import { createFinding, nameOf } from './finding-text.ts';
import type { TrustPath } from './trust-path.ts';

export function checkLimits({ path, root }: TrustPath, address: string): readonly Finding[] {
  const [leaf, ...intermediates] = path;
  if (leaf === undefined) return [];
  const issuers = root === null || root === leaf ? intermediates : [...intermediates, root];
  const create = (code: Finding['code']) => (message: string) => createFinding(code, address, message);
  const broken = [
    ...findUnknownExtensions([leaf, ...issuers]),
    ...issuers.flatMap((ca, at) => exceeds(ca, leaf, issuers.slice(0, at))),
  ];
  return [
    ...findUnfit(leaf).map(create('not-for-servers')),
    ...broken.map(create('invalid-chain')),
    ...findWeak([leaf, ...issuers], root).map(create('weak-cryptography')),
  ];
}

const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';
/** digitalSignature, keyEncipherment or keyAgreement. */
const KEY_USAGES_OF_TLS = 0x80 | 0x20 | 0x08;

const isForServers = ({ keyUsage }: X509Certificate): boolean =>
  // Node's `keyUsage` is the extended one. Unlike some clients, OpenSSL does not accept anyExtendedKeyUsage.
  keyUsage === undefined || keyUsage.length === 0 || keyUsage.includes(SERVER_AUTH);

function findUnfit(leaf: X509Certificate): readonly string[] {
  const { keyUsage } = limitsOf(leaf);
  return [
    ...(isForServers(leaf)
      ? []
      : [
          `The extended key usage of the certificate for ${nameOf(leaf)} does not include server authentication.`,
        ]),
    ...(keyUsage === null || (keyUsage & KEY_USAGES_OF_TLS) !== 0
      ? []
      : [
          `The key usage of the certificate for ${nameOf(leaf)} permits neither signatures nor key exchange.`,
        ]),
  ];
}

/** @param between The intermediates between the CA and the leaf. */
function exceeds(
  ca: X509Certificate,
  leaf: X509Certificate,
  between: readonly X509Certificate[],
): readonly string[] {
  const limits = limitsOf(ca);
  const name = `The CA certificate ${nameOf(ca)}`;
  const depth = between.filter(({ subject, issuer }) => subject !== issuer).length;
  const names = limitsOf(leaf).names.filter((each) => !permitsName(limits, each));
  return [
    ...(isForServers(ca) ? [] : [`${name} does not permit certificates for servers (extended key usage).`]),
    ...(limits.pathLength === null || depth <= limits.pathLength
      ? []
      : [
          `${name} permits at most ${limits.pathLength} intermediates below it, and the chain has ${depth} (path length).`,
        ]),
    ...(names.length === 0
      ? []
      : [`${name} does not permit ${names.map(formatName).slice(0, 5).join(', ')} (name constraints).`]),
  ];
}

function findUnknownExtensions(chain: readonly X509Certificate[]): readonly string[] {
  return chain.flatMap((each) =>
    limitsOf(each).unknownCritical.map(
      (oid) =>
        `The certificate ${nameOf(each)} has the critical extension ${oid}, which clients do not know.`,
    ),
  );
}

const LEAST_RSA_BITS = 2048;

/** Nobody checks the signature of a root. */
function findWeak(chain: readonly X509Certificate[], root: X509Certificate | null): readonly string[] {
  return chain.flatMap((each) => {
    const { rsaBits: bits, brokenDigest } = limitsOf(each);
    const what = `The certificate ${nameOf(each)}`;
    return [
      ...(bits === null || bits >= LEAST_RSA_BITS ? [] : [`${what} has an RSA key of only ${bits} bits.`]),
      ...(brokenDigest === null || each === root ? [] : [`${what} is signed with ${brokenDigest}.`]),
    ];
  });
}
