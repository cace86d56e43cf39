// Recognizes files that Certdesk cannot read, and suggests the command that converts them.
import { kindOfBeginning, statedLength } from './der-kind.ts';

interface KnownFormat {
  /** Matches the first octets in hex. */
  readonly magic?: RegExp;
  readonly text?: RegExp;
  readonly is: string;
}

const KNOWN_FORMATS: readonly KnownFormat[] = [
  {
    magic: /^feedfeed/,
    is: 'it is a Java KeyStore (JKS): convert it with `keytool -importkeystore -srckeystore FILE -destkeystore certificate.p12 -deststoretype PKCS12`',
  },
  {
    magic: /^cececece/,
    is: 'it is a Java KeyStore (JCEKS): convert it with `keytool -importkeystore -srcstoretype JCEKS -srckeystore FILE -destkeystore certificate.p12 -deststoretype PKCS12`',
  },
  {
    magic: /^0000000[12]00000014/,
    is: 'it is a Bouncy Castle KeyStore (BKS): convert it with `keytool -importkeystore -providerclass org.bouncycastle.jce.provider.BouncyCastleProvider -providerpath bcprov.jar -srcstoretype BKS -srckeystore FILE -destkeystore certificate.p12 -deststoretype PKCS12`',
  },
  {
    magic: /^1ef1b5b0/,
    is: 'it is a private key in Microsoft’s PVK format: convert it with `openssl rsa -inform PVK -in FILE -out key.pem`',
  },
  {
    magic: /^070200000/,
    is: 'it is a private key as a Microsoft key blob: convert it with `openssl rsa -inform MSBLOB -in FILE -out key.pem`',
  },
  {
    magic: /^53514c69746520666f726d6174/,
    is: 'it is an SQLite database. If it is from NSS (cert9.db, key4.db), export the certificate and key with `pk12util -d FOLDER -n NAME -o certificate.p12`',
  },
  { magic: /^504b0304/, is: 'it is a ZIP archive: unpack it with `unzip FILE`, and use the files in it' },
  { magic: /^1f8b/, is: 'it is compressed with gzip: unpack it with `gunzip FILE`, and use its contents' },
  {
    magic: /^377abcaf271c/,
    is: 'it is a 7-Zip archive: unpack it with `7z x FILE`, and use the files in it',
  },
  { magic: /^25504446/, is: 'it is a PDF document' },
  { magic: /^(?:89504e47|ffd8ff)/, is: 'it is an image' },
  {
    text: /^PuTTY-User-Key-File-/,
    is: 'it is a PuTTY key for SSH. If it really is the key of the certificate, convert it with `puttygen FILE -O private-openssh -o key.pem`',
  },
  { text: /^(ssh-(rsa|ed25519|dss)|ecdsa-sha2-\S+) /, is: 'it is an SSH public key' },
  {
    text: /^[ \t]{0,20}tls\.(?:crt|key):|"tls\.(?:crt|key)"[ \t]{0,4}:/m,
    is: 'it is a Kubernetes Secret: extract the files with `kubectl get secret NAME -o jsonpath="{.data.tls\\.crt}" | base64 -d` (and tls\\.key)',
  },
  { text: /^<(!DOCTYPE )?html/i, is: 'it is a web page: the download failed or needed a sign-in' },
  { text: /^<\?xml/, is: 'it is XML' },
  { text: /^[{[]/, is: 'it is JSON' },
  {
    text: /(?:[–—−]|^-{1,4}) ?BEGIN (?:CERTIFICATE|[A-Z ]{0,20}PRIVATE KEY)/m,
    is: 'there must be five hyphens around BEGIN and END; a word processor may have changed them. Copy it again from a text editor',
  },
];

/** @returns the end of the sentence "The file cannot be read: …"; null if the format is unknown */
export function looksLike(bytes: Uint8Array): string | null {
  const broken = describeDamage(bytes);
  if (broken !== null) return broken;
  const hex = Buffer.from(bytes.subarray(0, 16)).toString('hex');
  const text = Buffer.from(bytes.subarray(0, 4096))
    .toString('utf8')
    .replace(/^\ufeff/, '')
    .trimStart();
  const found = KNOWN_FORMATS.find(
    ({ magic, text: pattern }) => magic?.test(hex) === true || pattern?.test(text) === true,
  );
  return found?.is ?? null;
}

function describeDamage(bytes: Uint8Array): string | null {
  const kind = kindOfBeginning(bytes);
  if (kind === null) return null;
  const length = statedLength(bytes);
  const cut = length !== null && length > bytes.length;
  const how = cut ? `it ends after ${bytes.length} of ${length} bytes` : 'its content was changed or cut';
  return `it is a damaged ${kind}${kind.startsWith('PKCS') ? ' file' : ''}: ${how}. Copy it again as a binary file, or export it again`;
}
