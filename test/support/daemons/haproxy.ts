// HAProxy with one TLS port.
import { toolPath } from '../../../scripts/lib/find-tool.ts';
import { type Daemon, type ServedPair, startDaemon } from './daemon.ts';

/** Reloads on SIGUSR2; with a bad key it keeps the old certificate. */
export function startHaproxy(pair: ServedPair): Promise<Daemon> {
  return startDaemon({
    name: 'haproxy',
    uses: [{}],
    async configure({ ports: [port], write }) {
      const pem = await write('combined.pem', `${pair.privateKey}${pair.chain}`);
      const lines = [
        'global',
        '  maxconn 100',
        'defaults',
        '  mode http',
        ...['connect', 'client', 'server'].map((name) => `  timeout ${name} 10s`),
        'frontend tls',
        `  bind 127.0.0.1:${port} ssl crt ${pem}`,
        '  http-request return status 200',
      ];
      const config = await write('haproxy.cfg', `${lines.join('\n')}\n`);
      const program = toolPath('CERTDESK_TEST_HAPROXY');
      return { program, args: ['-W', '-db', '-f', config], reloadSignal: 'SIGUSR2' };
    },
  });
}
