// Apache httpd with one TLS port and any number of virtual hosts.
import { existsSync } from 'node:fs';
import { toolPath } from '../../../scripts/lib/find-tool.ts';
import {
  type Daemon,
  type DaemonPlace,
  inPackages,
  isRoot,
  readLog,
  type ServedPair,
  startDaemon,
} from './daemon.ts';

export interface ApacheHost {
  /** ServerName; the first host is the default. */
  readonly name: string;
  readonly pair: ServedPair;
  /** Further directives of the virtual host. */
  readonly directives?: readonly string[];
}

export interface Apache extends Daemon {
  /** Where a host reads its certificate and key. */
  certificatePath(host?: number): string;
  keyPath(host?: number): string;
}

/** Reloads on SIGUSR1 (graceful); with a bad key it ends. */
export async function startApache(hosts: readonly ApacheHost[]): Promise<Apache> {
  const program = toolPath('CERTDESK_TEST_APACHE2');
  const daemon = await startDaemon({
    name: 'apache',
    uses: [{}],
    async configure(place) {
      const [port = 0] = place.ports;
      const modules = inPackages(program, 'usr/lib/apache2/modules');
      const blocks = await Promise.all(hosts.map((host, at) => writeHost(place, host, at)));
      const config = await place.write(
        'httpd.conf',
        [
          `ServerRoot ${place.folder}`,
          `PidFile ${place.folder}/httpd.pid`,
          `Mutex file:${place.folder}`,
          `ErrorLog ${place.folder}/error.log`,
          'ServerName localhost',
          ...(isRoot ? ['User daemon', 'Group daemon'] : []),
          ...['mpm_event', 'authz_core', 'socache_shmcb', 'ssl']
            .filter((name) => existsSync(`${modules}/mod_${name}.so`))
            .map((name) => `LoadModule ${name}_module ${modules}/mod_${name}.so`),
          `Listen 127.0.0.1:${port}`,
          ...blocks,
          '',
        ].join('\n'),
      );
      const output = () => readLog(`${place.folder}/error.log`);
      return { program, args: ['-DFOREGROUND', '-f', config], reloadSignal: 'SIGUSR1', output };
    },
  });
  return {
    ...daemon,
    certificatePath: (host = 0) => `${daemon.folder}/${host}.pem`,
    keyPath: (host = 0) => `${daemon.folder}/${host}.key`,
  };
}

async function writeHost(
  { write, ports: [port = 0] }: DaemonPlace,
  { name, pair, directives = [] }: ApacheHost,
  at: number,
): Promise<string> {
  const certificate = await write(`${at}.pem`, pair.chain);
  const key = await write(`${at}.key`, pair.privateKey);
  return [
    `<VirtualHost 127.0.0.1:${port}>`,
    `ServerName ${name}`,
    'SSLEngine on',
    `SSLCertificateFile ${certificate}`,
    `SSLCertificateKeyFile ${key}`,
    ...directives,
    '</VirtualHost>',
  ].join('\n');
}
