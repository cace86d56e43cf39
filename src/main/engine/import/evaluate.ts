// Evaluates a certificate that was found: whether it can be imported, and with which renewal settings. Pure.
import { createPrivateKey } from 'node:crypto';
import { explainInvalidName, toName } from '../../../shared/identifiers.ts';
import type { FoundCertificate } from '../../../shared/import.ts';
import { isIpAddress } from '../../../shared/ip-address.ts';
import { CERTIFICATE_AUTHORITIES, type DirectoryOverrides, resolveDirectory } from '../acme/directories.ts';
import { CertdeskError } from '../core/errors.ts';
import type { IssuanceSpec, KeyPolicy, LeafFacts } from '../core/model.ts';
import { orderChain, parseChain } from '../pki/inspect/chain.ts';
import { describeCertificate, leafFacts } from '../pki/inspect/facts.ts';
import { readPrivateKey } from '../pki/keys.ts';
import { type CheckedKeyPair, checkKeyPair } from '../pki/verify-certificate.ts';
import type { Found, FoundRenewal } from './candidate.ts';
import { closedAuthority, currentDirectory } from './directories.ts';
import type { FoundDeployment } from './found-deployment.ts';

export interface Evaluated {
  readonly source: string;
  /** Null if the certificate cannot be read. */
  readonly leaf: LeafFacts | null;
  /** `rsa`, `ec` … */
  readonly keyType: string | null;
  readonly key: FoundCertificate['key'];
  /** Null if it cannot be imported; `problems` says why. */
  readonly pair: CheckedKeyPair | null;
  readonly plan: Plan | null;
  /** What the other client did after a renewal; none if the certificate cannot be imported. */
  readonly deployments: readonly FoundDeployment[];
  readonly problems: readonly string[];
  readonly notes: readonly string[];
}

/** How Certdesk will renew the certificate. */
export interface Plan {
  readonly spec: IssuanceSpec;
  readonly directoryUrl: string;
  readonly renewal: FoundRenewal;
  /** Why renewals cannot work at present; null if they can. */
  readonly obstacle: string | null;
  readonly autoRenew: boolean;
}

export interface EvaluateOptions {
  readonly now: Date;
  readonly directories: DirectoryOverrides;
  /** acme.sh's folder; null if its scripts are disabled. */
  readonly acmeShFolder: string | null;
}

const REFUSED = { pair: null, plan: null, deployments: [] } as const;

/** Evaluates a certificate that was found. Problems are reported in the result and never thrown. */
export function evaluate(found: Found, options: EvaluateOptions): Evaluated {
  const { source, notes } = found;
  const read = found.certificate === null ? null : readLeaf(found.certificate, found.privateKey, options.now);
  if (read === null || typeof read === 'string') {
    const problem = read ?? (found.problems.length === 0 ? 'There is no certificate.' : null);
    const problems = [...found.problems, ...(problem === null ? [] : [problem])];
    return { ...REFUSED, source, leaf: null, keyType: null, key: 'missing', problems, notes };
  }
  const { leaf, keyType, keySize } = read;
  const { key, problem: keyProblem } = evaluateKey(found.privateKey);
  const base = { source, leaf, keyType };
  if (keyProblem !== null)
    return { ...REFUSED, ...base, key, problems: [...found.problems, keyProblem], notes };
  try {
    const { certificate, privateKey } = found;
    const pair = checkKeyPair({
      certificate: certificate ?? '',
      privateKey: privateKey ?? '',
      domain: null,
      now: options.now,
    });
    const { plan, notes: more } = planOf(found.renewal, { leaf, keyType, keySize, options });
    const { deployments = [] } = found;
    return { ...base, key, pair, plan, deployments, problems: [], notes: [...notes, ...more] };
  } catch (error) {
    if (!(error instanceof CertdeskError)) throw error;
    const mismatch = error.code === 'KEY_MISMATCH';
    const problems = [...found.problems, mismatch ? `${error.message}.` : error.message];
    return { ...REFUSED, ...base, key: mismatch ? 'mismatch' : key, problems, notes };
  }
}

interface ReadLeaf {
  readonly leaf: LeafFacts;
  readonly keyType: string;
  readonly keySize: number | null;
}

/** Returns a sentence for the user if the certificate cannot be read. */
function readLeaf(pem: string, privateKey: string | null, now: Date): ReadLeaf | string {
  try {
    const key =
      privateKey === null || evaluateKey(privateKey).problem !== null ? null : readPrivateKey(privateKey);
    const own = key === null ? {} : { privateKey: createPrivateKey(key) };
    const certificates = parseChain(pem);
    const chain = orderChain(certificates, { ...own, now }) ?? orderChain(certificates, { now });
    if (chain === null) return 'The certificate cannot be read.';
    const { keyType, keySize } = describeCertificate(chain.leaf);
    return { leaf: leafFacts(chain.leaf), keyType, keySize };
  } catch (error) {
    if (error instanceof CertdeskError) return error.message;
    throw error;
  }
}

function evaluateKey(pem: string | null): {
  readonly key: FoundCertificate['key'];
  readonly problem: string | null;
} {
  if (pem === null) return { key: 'missing', problem: 'Its private key is missing.' };
  try {
    readPrivateKey(pem);
    return { key: 'matches', problem: null };
  } catch (error) {
    if (!(error instanceof CertdeskError)) throw error;
    if (error.code !== 'PASSPHRASE_REQUIRED') return { key: 'unreadable', problem: error.message };
    const problem = 'Its private key is encrypted. Upload certificate and key with the passphrase.';
    return { key: 'encrypted', problem };
  }
}

const NOT_RENEWED = 'Imported without renewal. Request it in Certdesk to renew it automatically:';

function planOf(
  renewal: FoundRenewal | null,
  about: ReadLeaf & { readonly options: EvaluateOptions },
): { readonly plan: Plan | null; readonly notes: readonly string[] } {
  const { leaf, keyType, keySize, options } = about;
  const withoutPlan = (why: string) => ({ plan: null, notes: [`${NOT_RENEWED} ${why}`] });
  if (renewal === null) return withoutPlan('the folder has no renewal settings.');
  const directoryUrl = currentDirectory(renewal.directoryUrl);
  const authority = authorityOf(directoryUrl, options.directories);
  if (authority === null) return withoutPlan('the URL of its CA is not an https URL.');
  const wrong = leaf.names.find((name) => toName(name) === null);
  if (wrong !== undefined)
    return withoutPlan(`the name ${wrong} ${explainInvalidName(wrong).replace(/[^?]$/, '$&.')}`);
  const names = leaf.names.flatMap((name) => toName(name) ?? []);
  const { proof } = renewal;
  if (proof.challengeType !== 'dns-01' && names.some((name) => name.startsWith('*.'))) {
    return withoutPlan('it contains a wildcard, which only DNS-01 can validate.');
  }
  if (proof.challengeType === 'dns-01' && names.some(isIpAddress)) {
    return withoutPlan('it contains an IP address, which DNS-01 cannot validate.');
  }
  const off = renewal.switchedOff
    ? ['Renewal was off in the other client, so auto-renewal is off here.']
    : [];
  const spec: IssuanceSpec = {
    names,
    ...authority,
    email: renewal.email,
    key: keyPolicy(keyType, keySize),
    profile: renewal.profile,
    preferredChain: renewal.preferredChain,
    challengeType: proof.challengeType,
    dnsProvider: proof.dnsProvider,
    dnsCredentialId: null,
  };
  const why = findObstacle(renewal, authority.ca, options);
  const lacking = why === null ? [] : [`Auto-renewal is off: ${why}`];
  const account =
    renewal.account === null
      ? ['The key of its ACME account was not found: Certdesk uses its own account.']
      : [];
  return {
    plan: {
      spec,
      directoryUrl,
      renewal,
      obstacle: why,
      autoRenew: why === null && !renewal.switchedOff,
    },
    notes: [...lacking, ...off, ...proof.notes, ...account],
  };
}

/**
 * Why Certdesk cannot renew the certificate. Auto-renewal is never turned on with a method or a CA that cannot work.
 */
function findObstacle(
  { proof, account, directoryUrl }: FoundRenewal,
  ca: string,
  { acmeShFolder }: EvaluateOptions,
): string | null {
  if (proof.lacking !== null) return proof.lacking;
  const closed = closedAuthority(directoryUrl);
  if (closed !== null)
    return `${closed} issues no more certificates by ACME. Request a new one from another CA.`;
  if (proof.dnsProvider === 'acme-sh' && acmeShFolder === null)
    return 'acme.sh scripts are off. Start Certdesk with --acme-sh-folder, then turn auto-renewal on.';
  const authority = CERTIFICATE_AUTHORITIES.find(({ id }) => id === ca);
  if (authority?.needsEab === true && account === null)
    return `${authority.name} requires external account binding (EAB), and the account’s key was not found. Request a new certificate with an EAB key.`;
  return null;
}

/** The `ca` and `staging` of a spec for this directory; null if Certdesk cannot use it. */
function authorityOf(
  url: string,
  directories: DirectoryOverrides,
): Pick<IssuanceSpec, 'ca' | 'staging'> | null {
  for (const { id, stagingUrl } of CERTIFICATE_AUTHORITIES) {
    if (resolveDirectory(id, false, directories) === url) return { ca: id, staging: false };
    const staging = stagingUrl !== null && resolveDirectory(id, true, directories) === url;
    if (staging) return { ca: id, staging: true };
  }
  try {
    resolveDirectory(url, false, directories);
    return { ca: url, staging: false };
  } catch {
    return null;
  }
}

/** The key policy that is closest to the certificate's key. */
function keyPolicy(type: string, size: number | null): KeyPolicy {
  if (type === 'rsa') return { type, size: (size ?? 0) > 2048 ? 4096 : 2048 };
  return { type: 'ec', size: (size ?? 0) > 256 ? 384 : 256 };
}
