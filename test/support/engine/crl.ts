// CRLs for tests, created by the openssl program.
import type { CertifiedKey, OpenSsl } from '../tools/openssl.ts';

export interface CrlOptions {
  readonly ca: CertifiedKey;
  /** Serial (an even number of hex digits) -> a reason of openssl (`keyCompromise`); an empty string for none. */
  readonly revoked?: Readonly<Record<string, string>>;
  /** Days from now to nextUpdate. */
  readonly days?: number;
  /** Lines of the CRL's extension section. */
  readonly extensions?: readonly string[];
}

/** DER. */
export async function makeCrl(openssl: OpenSsl, options: CrlOptions): Promise<Buffer> {
  const { ca, revoked = {}, days = 7, extensions = [] } = options;
  const rows = Object.entries(revoked).map(
    ([serial, reason]) =>
      `R\t300101000000Z\t260301120000Z${reason && `,${reason}`}\t${serial}\tunknown\t/CN=a\n`,
  );
  const database = await openssl.file(rows.join(''));
  const config = await openssl.file(
    `[ca]\ndefault_ca = this\n[this]\ndatabase = ${database}\n${extensions.length === 0 ? '' : 'crl_extensions = ext\n'}[ext]\n${extensions.join('\n')}\n`,
  );
  const pair = ['-cert', await openssl.file(ca.certificate), '-keyfile', await openssl.file(ca.privateKey)];
  const seconds = String(days * 86_400);
  const sizes =
    days < 0
      ? ['-crl_lastupdate', '20200101000000Z', '-crl_nextupdate', '20200102000000Z']
      : ['-crlsec', seconds];
  const pem = await openssl.run(['ca', '-gencrl', '-config', config, ...pair, '-md', 'sha256', ...sizes]);
  return Buffer.from(await openssl.run(['crl', '-outform', 'DER'], pem), 'latin1');
}
