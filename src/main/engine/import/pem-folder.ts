// Any folder of PEM files (dehydrated's certs/, a web server's ssl/): certificates and keys are paired by public key,
// whatever the files are called.
import { createPrivateKey, createPublicKey } from 'node:crypto';
import { type Certificate, isSelfSigned, readCertificate } from '../inspect/certificate.ts';
import { decodePem, readPemBlocks } from '../inspect/pem.ts';
import { publicKeyOf } from '../inspect/public-key.ts';
import type { Folder } from './folder.ts';
import type { Found } from './found.ts';
import { toPkcs8 } from './key-text.ts';

/** Names of files that hold no PEM, so that they need not be opened. */
const OTHER = /\.(gz|zip|bz2|xz|tar|log|png|jpe?g|gif|svg|html?|css|js|sh|py|so|sqlite|db|pfx|p12|jks)$/i;

/** A folder with more is somebody's whole store of roots, or made to take long. */
const MAX_CERTIFICATES = 2_000;
const MAX_CERTIFICATES_OF_FILE = 200;

interface Held {
  readonly source: string;
  readonly certificate: Certificate;
}

export async function readPemFolder(folder: Folder): Promise<readonly Found[]> {
  const held: Held[] = [];
  const keys = new Map<string, string>();
  const found: Found[] = [];
  let encrypted = 0;
  let isFull = false;
  for (const source of await folder.walk()) {
    if (OTHER.test(source)) continue;
    const { text, problem } = await folder.read(source);
    if (problem !== null && /\.(pem|crt|cer|key)$/i.test(source)) found.push(unreadable(source, problem));
    if (text === null || !text.includes('-----BEGIN ')) continue;
    const { certificates, damaged } = certificatesOf(text, MAX_CERTIFICATES - held.length);
    if (held.length + certificates.length === MAX_CERTIFICATES) isFull = true;
    held.push(...certificates.map((certificate) => ({ source, certificate })));
    if (damaged)
      found.push(unreadable(source, 'a certificate in it is damaged: a line is missing, cut or changed'));
    if (/ENCRYPTED/.test(text)) encrypted += 1;
    const key = toPkcs8(text);
    if (key !== null) keys.set(fingerprintOf(key), key);
  }
  const all = [...new Map(held.map((item) => [item.certificate.x509.fingerprint256, item])).values()];
  const leaves = all.filter(({ certificate }) => isLeaf(certificate));
  const chain = Map.groupBy(
    all.filter(({ certificate }) => certificate.x509.ca),
    ({ certificate }) => certificate.x509.subject,
  );
  if (isFull)
    found.push(
      unreadable('.', `The folder holds more than ${MAX_CERTIFICATES} certificates: choose a smaller one.`),
    );
  const note =
    encrypted === 0 ? [] : ['A key in this folder is encrypted: it may be this one’s. Upload that by hand.'];
  return [...found, ...leaves.map((leaf) => foundLeaf(leaf, chain, { keys, note }))];
}

function foundLeaf(
  { source, certificate }: Held,
  chain: Issuers,
  { keys, note }: { readonly keys: ReadonlyMap<string, string>; readonly note: readonly string[] },
): Found {
  const publicKey = publicKeyOf(certificate);
  const own = publicKey?.export({ type: 'spki', format: 'der' }).toString('base64') ?? '';
  const privateKey = keys.get(own) ?? null;
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

/** @param room How many are read at most. */
function certificatesOf(
  text: string,
  room: number,
): {
  readonly certificates: readonly Certificate[];
  readonly damaged: boolean;
} {
  const blocks = readPemBlocks(text).filter(({ label }) => /^(X509 |TRUSTED )?CERTIFICATE$/.test(label));
  const read = blocks.slice(0, Math.min(room, MAX_CERTIFICATES_OF_FILE)).map((block) => {
    const decoded = decodePem(block);
    return decoded === null ? null : readCertificate(decoded.der);
  });
  const certificates = read.filter((certificate) => certificate !== null);
  return { certificates, damaged: certificates.length < read.length };
}

function fingerprintOf(privateKey: string): string {
  const publicKey = createPublicKey(createPrivateKey(privateKey));
  return publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
}

function unreadable(source: string, problem: string): Found {
  return { source, certificate: null, privateKey: null, renewal: null, problems: [problem], notes: [] };
}
