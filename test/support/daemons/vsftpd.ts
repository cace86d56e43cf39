// vsftpd with AUTH TLS.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { toolPath } from '../../../scripts/lib/find-tool.ts';
import { type Daemon, isRoot, type ServedPair, startDaemon } from './daemon.ts';

/** @param pair Null: without TLS. It reads its files for each connection, so it needs no reload. */
export function startVsftpd(pair: ServedPair | null): Promise<Daemon> {
  return startDaemon({
    name: 'vsftpd',
    uses: [{}],
    async configure({ folder, ports: [port], write }) {
      mkdirSync(join(folder, 'empty'));
      const tls: Readonly<Record<string, string>> =
        pair === null
          ? {}
          : {
              ssl_enable: 'YES',
              ssl_tlsv1: 'YES',
              ssl_ciphers: 'HIGH',
              rsa_cert_file: await write('chain.pem', pair.chain),
              rsa_private_key_file: await write('key.pem', pair.privateKey),
            };
      const settings = {
        listen: 'YES',
        listen_address: '127.0.0.1',
        listen_port: String(port),
        background: 'NO',
        anonymous_enable: 'YES',
        ftp_username: 'nobody',
        nopriv_user: 'nobody',
        secure_chroot_dir: join(folder, 'empty'),
        seccomp_sandbox: 'NO',
        ...(isRoot ? {} : { run_as_launching_user: 'YES' }),
        ...tls,
      };
      const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`);
      const config = await write('vsftpd.conf', lines.join(''));
      return { program: toolPath('CERTDESK_TEST_VSFTPD'), args: [config] };
    },
  });
}
