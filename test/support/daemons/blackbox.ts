// Prometheus's blackbox_exporter with one module, which makes a TLS handshake and verifies the chain and the name.
import { toolPath } from '../../../scripts/lib/find-tool.ts';
import { type Daemon, startDaemon } from './daemon.ts';

export interface BlackboxOptions {
  readonly serverName: string;
  /** PEM. */
  readonly root: string;
}

export interface Blackbox extends Daemon {
  /** Where Prometheus would scrape the probe of a target, `127.0.0.1:443`. */
  probeUrl(target: string): string;
}

export async function startBlackbox({ serverName, root }: BlackboxOptions): Promise<Blackbox> {
  const daemon = await startDaemon({
    name: 'blackbox',
    uses: [{}],
    async configure({ ports: [port], write }) {
      const rootFile = await write('root.pem', root);
      const tls = { ca_file: rootFile, server_name: serverName };
      const module = { prober: 'tcp', timeout: '10s', tcp: { tls: true, tls_config: tls } };
      // YAML includes JSON.
      const config = await write('blackbox.yml', JSON.stringify({ modules: { tls: module } }));
      return {
        program: toolPath('CERTDESK_TEST_BLACKBOX'),
        args: [`--config.file=${config}`, `--web.listen-address=127.0.0.1:${port}`, '--log.level=error'],
      };
    },
  });
  return {
    ...daemon,
    probeUrl: (target) => `http://127.0.0.1:${daemon.port}/probe?module=tls&target=${target}`,
  };
}
