// MariaDB with TLS, without system tables: a client gets as far as TLS, and no further.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { toolPath } from '../../../scripts/lib/find-tool.ts';
import { type Daemon, inPackages, isRoot, type ServedPair, startDaemon } from './daemon.ts';

/** @param pair Null: without TLS. `FLUSH SSL` reloads; SIGHUP does not. */
export function startMariadb(pair: ServedPair | null): Promise<Daemon> {
  const program = toolPath('CERTDESK_TEST_MARIADBD');
  return startDaemon({
    name: 'mariadb',
    uses: [{}],
    async configure({ folder, ports: [port], write }) {
      const data = join(folder, 'data');
      mkdirSync(data);
      const tls =
        pair === null
          ? ['--skip-ssl']
          : [
              `--ssl-cert=${await write('chain.pem', pair.chain)}`,
              `--ssl-key=${await write('key.pem', pair.privateKey)}`,
            ];
      const args = [
        '--no-defaults',
        ...(isRoot ? ['--user=root'] : []),
        `--datadir=${data}`,
        `--basedir=${inPackages(program, 'usr')}`,
        `--lc-messages-dir=${inPackages(program, 'usr/share/mysql')}`,
        `--socket=${folder}/mariadb.sock`,
        `--pid-file=${folder}/mariadb.pid`,
        '--bind-address=127.0.0.1',
        `--port=${port}`,
        '--skip-grant-tables',
        ...tls,
      ];
      return { program, args };
    },
  });
}
