// What `openssl s_client -showcerts` sees of a server, for comparison.
import { X509Certificate } from 'node:crypto';
import type { OpenSsl } from '../tools/openssl.ts';

export interface Seen {
  /** DER, as sent. */
  readonly chain: readonly Buffer[];
  /** OpenSSL's verification result; 0 is fine. */
  readonly verifyCode: number;
}

export interface SClientOptions {
  readonly address?: string;
  readonly port: number;
  /** Null: no SNI. */
  readonly serverName: string | null;
  /** PEM. */
  readonly root: string;
  readonly args?: readonly string[];
}

/** @returns null if the handshake failed */
export async function runSClient(openssl: OpenSsl, options: SClientOptions): Promise<Seen | null> {
  const { address = '127.0.0.1', port, serverName, root, args = [] } = options;
  const place = address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
  const name =
    serverName === null ? ['-noservername'] : ['-servername', serverName, '-verify_hostname', serverName];
  const trust = ['-CAfile', await openssl.file(root), '-no-CApath', '-no-CAstore'];
  const command = ['s_client', '-connect', place, '-showcerts', ...name, ...trust, ...args];
  const output = await openssl.run(command).catch(() => '');
  const pems = output.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  const [, code] = /Verify return code: (\d+)/.exec(output) ?? [];
  if (pems.length === 0 || code === undefined) return null;
  return { chain: pems.map((pem) => new X509Certificate(pem).raw), verifyCode: Number(code) };
}
