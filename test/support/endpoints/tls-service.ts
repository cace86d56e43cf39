// One TLS service on several addresses of this machine, each with its own server and certificate, as behind a name with
// several A records.
import { execFile } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:tls';
import { promisify } from 'node:util';
import type { CertifiedKey } from '../tools/openssl.ts';
import { startOnPorts } from '../tools/ports.ts';

export interface TlsService {
  readonly port: number;
  /** Presents this chain at the address from now on; null: nothing listens there. */
  present(address: string, chain: readonly CertifiedKey[] | null): Promise<void>;
  stop(): Promise<void>;
}

/** @param addresses In 127.0.0.0/8. */
export function startTlsService(addresses: readonly string[]): Promise<TlsService> {
  return startOnPorts([{ addresses }], async ([port = 0], release) => {
    const servers = new Map<string, Server>();
    const close = async (address: string): Promise<void> => {
      const server = servers.get(address);
      servers.delete(address);
      if (server === undefined) return;
      const closed = once(server, 'close');
      server.close();
      await closed;
    };
    return {
      port,
      async present(address, chain) {
        await close(address);
        const [leaf] = chain ?? [];
        if (chain === null || leaf === undefined) return;
        const server = createServer({
          key: leaf.privateKey,
          cert: chain.map(({ certificate }) => certificate).join(''),
        });
        server.on('tlsClientError', () => undefined).listen(port, address);
        await once(server, 'listening');
        servers.set(address, server);
      },
      async stop() {
        await Promise.all([...servers.keys()].map(close));
        release();
      },
    };
  });
}

/** What `openssl s_client` is given: the SHA-256 fingerprint, upper-case hex; null if it gets no certificate. */
export async function seenByOpenSsl(address: string, port: number, name: string): Promise<string | null> {
  const args = ['s_client', '-connect', `${address}:${port}`, '-servername', name, '-showcerts'];
  const run = promisify(execFile)('openssl', args, { timeout: 20_000 });
  run.child.stdin?.end();
  const { stdout } = await run.catch((error: { stdout?: string }) => ({ stdout: error.stdout ?? '' }));
  const [pem] = stdout.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/) ?? [];
  return pem === undefined ? null : new X509Certificate(pem).fingerprint256.replaceAll(':', '');
}
