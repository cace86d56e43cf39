// PostgreSQL with TLS on its usual kind of port.
import { execFile } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { toolPath } from '../../../scripts/lib/find-tool.ts';
import { type Daemon, isRoot, type ServedPair, startDaemon } from './daemon.ts';

/** PostgreSQL refuses to run as root. */
const NOBODY = 65_534;
const AS_NOBODY = ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'];

/** @param pair Null: without TLS. Reloads on SIGHUP; with a bad key it keeps the old certificate. */
export function startPostgres(pair: ServedPair | null): Promise<Daemon> {
  return startDaemon({
    name: 'postgres',
    uses: [{}],
    async configure({ folder, ports: [port], write }) {
      const own = async (name: string, content: string) => {
        const path = await write(name, content);
        if (isRoot) chownSync(path, NOBODY, NOBODY);
        return path;
      };
      const data = join(folder, 'data');
      mkdirSync(data);
      chmodSync(data, 0o700);
      if (isRoot) chownSync(data, NOBODY, NOBODY);
      const [initProgram = '', ...initArgs] = [
        ...(isRoot ? AS_NOBODY : []),
        toolPath('CERTDESK_TEST_INITDB'),
        ...['-D', data, '-A', 'trust', '-U', 'postgres', '--no-sync', '--no-locale'],
      ];
      await promisify(execFile)(initProgram, initArgs, { env: { ...process.env, TZ: 'UTC' } });
      const settings = {
        port: String(port),
        listen_addresses: '127.0.0.1',
        unix_socket_directories: '',
        fsync: 'off',
        ...(pair === null
          ? {}
          : {
              ssl: 'on',
              ssl_cert_file: await own('chain.pem', pair.chain),
              ssl_key_file: await own('key.pem', pair.privateKey),
            }),
      };
      const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
      const [program = '', ...args] = [
        ...(isRoot ? AS_NOBODY : []),
        toolPath('CERTDESK_TEST_POSTGRES'),
        '-D',
        data,
        ...options,
      ];
      return { program, args };
    },
  });
}
