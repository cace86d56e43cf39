// Reads any folder of certificates and keys (dehydrated's certs/, a web server's ssl/) in PEM, DER, PKCS#7, PKCS#12
// or UTF-16. The content decides the type of a file. Certificates and keys are paired by public key; unusable files
// are reported as skipped.
import { createPrivateKey, createPublicKey } from 'node:crypto';
import { type Certificate, isSelfSigned } from '../pki/inspect/certificate.ts';
import { type Content, readContent } from '../pki/inspect/content.ts';
import { publicKeyOf } from '../pki/inspect/public-key.ts';
import { readPkcs12 } from '../pki/pkcs12/read.ts';
import type { Found } from './candidate.ts';
import type { Folder } from './folder.ts';
import { toPkcs8Keys } from './key-text.ts';

/** A folder with more is probably a trust store, or crafted to take long. */
const MAX_CERTIFICATES = 2_000;
const MAX_CERTIFICATES_OF_FILE = 200;
/** PKCS#12 files that are tried with the empty passphrase. Each attempt takes time. */
const MAX_PKCS12 = 20;

interface SourcedCertificate {
  readonly source: string;
  readonly certificate: Certificate;
}

interface Collected {
  readonly certificates: SourcedCertificate[];
  readonly keys: Map<string, { readonly pem: string; readonly source: string }>;
  readonly found: Found[];
  encrypted: number;
  pkcs12: number;
  isFull: boolean;
}

/** Reads every leaf certificate of the folder with its chain and private key. */
export async function readPemFolder(folder: Folder): Promise<readonly Found[]> {
  const into: Collected = {
    certificates: [],
    keys: new Map(),
    found: [],
    encrypted: 0,
    pkcs12: 0,
    isFull: false,
  };
  for (const source of await folder.walk()) await collectFile(folder, source, into);
  const { certificates, keys, found } = into;
  const all = [...new Map(certificates.map((item) => [item.certificate.x509.fingerprint256, item])).values()];
  const leaves = all.filter(({ certificate }) => isLeaf(certificate));
  const chain = Map.groupBy(
    all.filter(({ certificate }) => certificate.x509.ca),
    ({ certificate }) => certificate.x509.subject,
  );
  if (into.isFull)
    found.push(
      unreadable(
        '.',
        `The folder contains more than ${MAX_CERTIFICATES} certificates. Select a smaller one.`,
      ),
    );
  const note =
    into.encrypted === 0
      ? []
      : ['A key in this folder is encrypted. If it belongs to this certificate, upload both.'];
  const used = new Set(leaves.map(({ certificate }) => spkiOf(certificate)));
  for (const [spki, { source }] of keys) {
    if (!used.has(spki)) folder.skip(source, 'it is a private key whose certificate is not in the folder');
  }
  return [...found, ...leaves.map((leaf) => foundLeaf(leaf, chain, { keys, note }))];
}

async function collectFile(folder: Folder, source: string, into: Collected): Promise<void> {
  const { bytes, problem } = await folder.read(source);
  if (problem !== null && /\.(pem|crt|cer|key|der)$/i.test(source))
    into.found.push(unreadable(source, problem));
  else if (problem !== null) folder.skip(source, problem);
  if (bytes === null) return;
  const content = readContent(
    bytes,
    Math.min(MAX_CERTIFICATES - into.certificates.length, MAX_CERTIFICATES_OF_FILE),
  );
  collect(source, { content, bytes }, into);
  for (const pfx of content.pkcs12) await collectPkcs12(folder, { source, pfx }, into);
  const { certificatesFound, keys, pkcs12, hasDamagedKey, description } = content;
  if (hasDamagedKey && keys.length === 0)
    folder.skip(source, 'it contains a damaged private key: a line is missing, cut or changed');
  else if (certificatesFound + keys.length + pkcs12.length === 0) folder.skip(source, description);
}

function collect(
  source: string,
  { content, bytes }: { readonly content: Content; readonly bytes: Buffer },
  into: Collected,
): void {
  into.certificates.push(...content.certificates.map((certificate) => ({ source, certificate })));
  if (into.certificates.length === MAX_CERTIFICATES) into.isFull = true;
  if (content.damagedCertificates.length > 0)
    into.found.push(
      unreadable(source, 'it contains a damaged certificate: a line is missing, cut or changed'),
    );
  if (content.keys.length === 0) return;
  const keys = toPkcs8Keys(bytes);
  if (keys.length === 0) into.encrypted += 1;
  for (const pem of keys) into.keys.set(fingerprintOf(pem), { pem, source });
}

/** If the file needs a passphrase, its content stays unknown. */
async function collectPkcs12(
  folder: Folder,
  { source, pfx }: { readonly source: string; readonly pfx: Buffer },
  into: Collected,
): Promise<void> {
  into.pkcs12 += 1;
  const opened = into.pkcs12 > MAX_PKCS12 ? null : await readPkcs12(pfx, '').catch(() => null);
  if (opened === null) {
    folder.skip(source, 'it is PKCS#12 (.pfx, .p12) with a passphrase: upload it');
    return;
  }
  const bytes = Buffer.from(opened.certificate + opened.privateKey);
  collect(source, { content: readContent(bytes, MAX_CERTIFICATES_OF_FILE), bytes }, into);
}

function foundLeaf(
  { source, certificate }: SourcedCertificate,
  chain: Issuers,
  { keys, note }: { readonly keys: Collected['keys']; readonly note: readonly string[] },
): Found {
  const privateKey = keys.get(spkiOf(certificate))?.pem ?? null;
  return {
    source,
    certificate: [certificate, ...issuersOf(certificate, chain)].map(({ x509 }) => x509.toString()).join(''),
    privateKey,
    renewal: null,
    problems: [],
    notes: privateKey === null ? note : [],
  };
}

/** CA certificates by subject. */
type Issuers = ReadonlyMap<string, readonly SourcedCertificate[]>;

/** The chain from the leaf's issuer upwards, without the root. Limited to a length that no real chain exceeds. */
function issuersOf(leaf: Certificate, chain: Issuers): readonly Certificate[] {
  const path: Certificate[] = [];
  for (let top = leaf; path.length < 6; ) {
    const issuer = chain
      .get(top.x509.issuer)
      ?.slice(0, MAX_CERTIFICATES_OF_FILE)
      .find(
        ({ certificate }) => !path.includes(certificate) && top.x509.checkIssued(certificate.x509),
      )?.certificate;
    if (issuer === undefined || isSelfSigned(issuer)) break;
    path.push(issuer);
    top = issuer;
  }
  return path;
}

/** Many tools mark a self-signed server certificate as a CA. */
function isLeaf(certificate: Certificate): boolean {
  return !certificate.x509.ca || (isSelfSigned(certificate) && certificate.sanNames.length > 0);
}

function spkiOf(certificate: Certificate): string {
  return publicKeyOf(certificate)?.export({ type: 'spki', format: 'der' }).toString('base64') ?? '';
}

function fingerprintOf(privateKey: string): string {
  const publicKey = createPublicKey(createPrivateKey(privateKey));
  return publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
}

function unreadable(source: string, problem: string): Found {
  return { source, certificate: null, privateKey: null, renewal: null, problems: [problem], notes: [] };
}
