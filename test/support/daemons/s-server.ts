// `openssl s_server`: sends any chain, in any order, with any TLS version.
import { join } from 'node:path';
import { toolPath } from '../../../scripts/lib/find-tool.ts';
import { type Daemon, type ServedPair, startDaemon } from './daemon.ts';

export interface SServerOptions {
  readonly pair: ServedPair;
  /** `-tls1_2`, `-Verify 1` … */
  readonly args?: readonly string[];
}

export interface SServer extends Daemon {
  /** NSS key log, which decrypts the handshakes. */
  readonly keyLogPath: string;
}

const END = '-----END CERTIFICATE-----\n';

export async function startSServer({ pair, args = [] }: SServerOptions): Promise<SServer> {
  const at = pair.chain.indexOf(END) + END.length;
  const daemon = await startDaemon({
    name: 's-server',
    uses: [{}],
    async configure({ folder, ports: [port], write }) {
      const rest = pair.chain.slice(at);
      const chain = rest === '' ? [] : ['-cert_chain', await write('chain.pem', rest)];
      const files = ['-cert', await write('cert.pem', pair.chain.slice(0, at)), ...chain];
      return {
        program: toolPath('CERTDESK_TEST_OPENSSL'),
        args: [
          's_server',
          ...['-accept', `127.0.0.1:${port}`, '-quiet', '-keylogfile', join(folder, 'keys.log')],
          ...[...files, '-key', await write('key.pem', pair.privateKey)],
          ...args,
        ],
      };
    },
  });
  return { ...daemon, keyLogPath: join(daemon.folder, 'keys.log') };
}
