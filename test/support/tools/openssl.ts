// Keys and certificates for tests, created by the openssl program (3.0 or later) in a temporary folder, so that what
// Certdesk reads and writes is compared with another implementation. Remove the folder in afterAll with `remove()`.
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { toolPath } from '../../../scripts/lib/find-tool.ts';

export type KeySpec =
  | 'rsa-1024'
  | 'rsa-2048'
  | 'rsa-4096'
  | 'ec-224'
  | 'ec-256'
  | 'ec-384'
  | 'ec-521'
  | 'ec-secp256k1'
  | 'ed25519';

export interface CertifiedKey {
  /** PEM, one certificate. */
  readonly certificate: string;
  /** PKCS#8 PEM. */
  readonly privateKey: string;
}

export interface IssueOptions {
  /** OpenSSL's format, `/C=DE/O=Example/CN=api.example.com`; `/` for an empty one. */
  readonly subject: string;
  /** `DNS:api.example.com`, `IP:192.0.2.1` …; default: no SAN extension. */
  readonly san?: readonly string[];
  /** Default: now. */
  readonly notBefore?: Date;
  /** Default: notBefore plus `days`. */
  readonly notAfter?: Date;
  /** Default: 90. */
  readonly days?: number;
  /** A new key of this type (default: `ec-256`), or the PEM of an existing one. */
  readonly key?: KeySpec | { readonly pem: string };
  /** Default: `sha256`. */
  readonly digest?: string;
  /** The signer; default: self-signed. */
  readonly ca?: CertifiedKey;
  /** An even number of hex digits; default: random. */
  readonly serial?: string;
  readonly isCa?: boolean;
  /** Further lines of the extension section. */
  readonly extensions?: readonly string[];
}

export interface OpenSsl {
  /** Runs openssl with these arguments and returns its standard output as Latin-1 (so that DER survives). */
  run(args: readonly string[], input?: string | Uint8Array): Promise<string>;
  /** Writes a file into the temporary folder and returns its path. */
  file(content: string | Uint8Array): Promise<string>;
  /** A new private key, PKCS#8 PEM. */
  makeKey(spec: KeySpec): Promise<string>;
  issue(options: IssueOptions): Promise<CertifiedKey>;
  createCa(options: Omit<IssueOptions, 'isCa'>): Promise<CertifiedKey>;
  remove(): Promise<void>;
}

export async function createOpenSsl(): Promise<OpenSsl> {
  const folder = await mkdtemp(join(tmpdir(), 'certdesk-openssl-'));
  let files = 0;

  async function file(content: string | Uint8Array): Promise<string> {
    files += 1;
    const path = join(folder, `${files}`);
    await writeFile(path, content, { mode: 0o600 });
    return path;
  }

  const config = await file(CONFIG.replaceAll('FOLDER', folder));

  async function run(args: readonly string[], input: string | Uint8Array = ''): Promise<string> {
    const env = { PATH: process.env.PATH, HOME: folder, OPENSSL_CONF: config };
    const child = promisify(execFile)(toolPath('CERTDESK_TEST_OPENSSL'), [...args], {
      env,
      encoding: 'latin1',
      maxBuffer: 32 << 20,
    });
    child.child.stdin?.on('error', () => undefined); // openssl may end before it has read everything
    child.child.stdin?.end(input);
    return (await child).stdout;
  }

  async function issue(options: IssueOptions): Promise<CertifiedKey> {
    const { key = 'ec-256', ca, subject } = options;
    const privateKey = typeof key === 'string' ? await run(['genpkey', ...KEY_ARGUMENTS[key]]) : key.pem;
    const keyFile = await file(privateKey);
    const request = await file(await run(['req', '-new', '-utf8', '-key', keyFile, '-subj', subject]));
    const signer = ca === undefined ? ['-selfsign', '-keyfile', keyFile] : await signedBy(ca);
    const serial = options.serial === undefined ? ['-rand_serial'] : ['-create_serial'];
    const arguments_ = [
      'ca',
      '-batch',
      '-notext',
      '-preserveDN',
      '-utf8',
      '-config',
      await caConfig(options),
    ];
    arguments_.push('-in', request, ...signer, ...serial, ...validity(options), '-md', digestOf(options));
    const certificate = await run([...arguments_, '-extfile', await file(extensionSection(options))]);
    return { certificate, privateKey };
  }

  async function signedBy({ certificate, privateKey }: CertifiedKey): Promise<readonly string[]> {
    return ['-cert', await file(certificate), '-keyfile', await file(privateKey)];
  }

  /** A separate database for each certificate: `openssl ca` refuses the same subject twice, and runs in parallel. */
  async function caConfig({ serial = '' }: IssueOptions): Promise<string> {
    const [database, serials] = [await file(''), await file(`${serial}\n`)];
    return file(
      CONFIG.replaceAll('DATABASE', database).replaceAll('SERIALS', serials).replaceAll('FOLDER', folder),
    );
  }

  return {
    run,
    file,
    issue,
    makeKey: (spec) => run(['genpkey', ...KEY_ARGUMENTS[spec]]),
    createCa: (options) => issue({ ...options, isCa: true }),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

const rsa = (bits: number) => ['-algorithm', 'RSA', '-pkeyopt', `rsa_keygen_bits:${bits}`];
const ec = (curve: string) => ['-algorithm', 'EC', '-pkeyopt', `ec_paramgen_curve:${curve}`];
const KEY_ARGUMENTS: Readonly<Record<KeySpec, readonly string[]>> = {
  'rsa-1024': rsa(1024),
  'rsa-2048': rsa(2048),
  'rsa-4096': rsa(4096),
  'ec-224': ec('secp224r1'),
  'ec-256': ec('prime256v1'),
  'ec-384': ec('secp384r1'),
  'ec-521': ec('secp521r1'),
  'ec-secp256k1': ec('secp256k1'),
  ed25519: ['-algorithm', 'ED25519'],
};

const CONFIG = `
[req]
distinguished_name = dn
[dn]
[ca]
default_ca = this
[this]
new_certs_dir = FOLDER
database = DATABASE
serial = SERIALS
policy = any
unique_subject = no
email_in_dn = yes
[any]
countryName = optional
organizationName = optional
organizationalUnitName = optional
commonName = optional
emailAddress = optional
`;

function extensionSection({ isCa = false, san = [], extensions = [] }: IssueOptions): string {
  const usage = isCa ? 'critical,keyCertSign,cRLSign' : 'critical,digitalSignature';
  return [
    `basicConstraints = critical,CA:${isCa ? 'TRUE' : 'FALSE'}`,
    `keyUsage = ${usage}`,
    'subjectKeyIdentifier = hash',
    ...(san.length === 0 ? [] : [`subjectAltName = ${san.join(',')}`]),
    ...extensions,
    '',
  ].join('\n');
}

/** `openssl x509 -not_before` needs 3.4; `openssl ca` has always set both. */
function validity({ notBefore = new Date(), days = 90, notAfter }: IssueOptions): readonly string[] {
  const end = notAfter ?? new Date(notBefore.getTime() + days * 86_400_000);
  return ['-startdate', generalizedTime(notBefore), '-enddate', generalizedTime(end)];
}

function generalizedTime(date: Date): string {
  return `${date.toISOString().slice(0, 19).replace(/[-T:]/g, '')}Z`;
}

/** Ed25519 needs no digest. */
function digestOf({ digest = 'sha256', key, ca }: IssueOptions): string {
  return key === 'ed25519' && ca === undefined ? 'null' : digest;
}
