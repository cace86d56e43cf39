// Any folder of certificates and keys (dehydrated's certs/, a web server's ssl/), in PEM, DER, PKCS#7, PKCS#12 or UTF-16:
// what a file is, its content tells. Certificates and keys are paired by public key; what is of no use is named.
import { createPrivateKey, createPublicKey } from 'node:crypto';
import { type Certificate, isSelfSigned } from '../pki/inspect/certificate.ts';
import { type Content, readContent } from '../pki/inspect/content.ts';
import { publicKeyOf } from '../pki/inspect/public-key.ts';
import { readPkcs12 } from '../pki/pkcs12/read.ts';
import type { Found } from './candidate.ts';
import type { Folder } from './folder.ts';
import { toPkcs8Keys } from './key-text.ts';

/** A folder with more is somebody's whole store of roots, or made to take long. */
const MAX_CERTIFICATES = 2_000;
const MAX_CERTIFICATES_OF_FILE = 200;
/** PKCS#12 files of which the empty passphrase is tried: each try takes time. */
const MAX_PKCS12 = 20;

interface Held {
  readonly source: string;
  readonly certificate: Certificate;
}

interface Gathered {
  readonly held: Held[];
  readonly keys: Map<string, { readonly pem: string; readonly source: string }>;
  readonly found: Found[];
  encrypted: number;
  pkcs12: number;
  isFull: boolean;
}

export async function readPemFolder(folder: Folder): Promise<readonly Found[]> {
  const into: Gathered = { held: [], keys: new Map(), found: [], encrypted: 0, pkcs12: 0, isFull: false };
  for (const source of await folder.walk()) await gather(folder, source, into);
  const { held, keys, found } = into;
  const all = [...new Map(held.map((item) => [item.certificate.x509.fingerprint256, item])).values()];
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

async function gather(folder: Folder, source: string, into: Gathered): Promise<void> {
  const { bytes, problem } = await folder.read(source);
  if (problem !== null && /\.(pem|crt|cer|key|der)$/i.test(source))
    into.found.push(unreadable(source, problem));
  else if (problem !== null) folder.skip(source, problem);
  if (bytes === null) return;
  const content = readContent(bytes, Math.min(MAX_CERTIFICATES - into.held.length, MAX_CERTIFICATES_OF_FILE));
  take(source, { content, bytes }, into);
  for (const pfx of content.pkcs12) await gatherPkcs12(folder, { source, pfx }, into);
  const { certificatesFound, keys, pkcs12, hasDamagedKey, description } = content;
  if (hasDamagedKey && keys.length === 0)
    folder.skip(source, 'it contains a damaged private key: a line is missing, cut or changed');
  else if (certificatesFound + keys.length + pkcs12.length === 0) folder.skip(source, description);
}

function take(
  source: string,
  { content, bytes }: { readonly content: Content; readonly bytes: Buffer },
  into: Gathered,
): void {
  into.held.push(...content.certificates.map((certificate) => ({ source, certificate })));
  if (into.held.length === MAX_CERTIFICATES) into.isFull = true;
  if (content.damagedCertificates.length > 0)
    into.found.push(
      unreadable(source, 'it contains a damaged certificate: a line is missing, cut or changed'),
    );
  if (content.keys.length === 0) return;
  const keys = toPkcs8Keys(bytes);
  if (keys.length === 0) into.encrypted += 1;
  for (const pem of keys) into.keys.set(fingerprintOf(pem), { pem, source });
}

/** Of a file with a passphrase nothing is known but that it is one. */
async function gatherPkcs12(
  folder: Folder,
  { source, pfx }: { readonly source: string; readonly pfx: Buffer },
  into: Gathered,
): Promise<void> {
  into.pkcs12 += 1;
  const opened = into.pkcs12 > MAX_PKCS12 ? null : await readPkcs12(pfx, '').catch(() => null);
  if (opened === null) {
    folder.skip(source, 'it is PKCS#12 (.pfx, .p12) with a passphrase: upload it');
    return;
  }
  const bytes = Buffer.from(opened.certificate + opened.privateKey);
  take(source, { content: readContent(bytes, MAX_CERTIFICATES_OF_FILE), bytes }, into);
}

function foundLeaf(
  { source, certificate }: Held,
  chain: Issuers,
  { keys, note }: { readonly keys: Gathered['keys']; readonly note: readonly string[] },
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

/** Certificates of CAs by their subject. */
type Issuers = ReadonlyMap<string, readonly Held[]>;

/** The path upwards, without roots: at most as long as any real one. */
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

/** A self-signed certificate of a host is marked as a CA by many tools. */
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
