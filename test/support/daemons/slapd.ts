// OpenLDAP's server with the ports 389 (StartTLS) and 636 (TLS).
import { toolPath } from '../../../scripts/lib/find-tool.ts';
import { type Daemon, type ServedPair, startDaemon } from './daemon.ts';

/** @param pair Null: no certificate. The second port is there only with a certificate. */
export function startSlapd(pair: ServedPair | null): Promise<Daemon> {
  return startDaemon({
    name: 'slapd',
    uses: pair === null ? [{}] : [{}, {}],
    async configure({ folder, ports: [plain, tls], write }) {
      const lines = [`pidfile ${folder}/slapd.pid`];
      if (pair !== null) {
        lines.push(`TLSCertificateFile ${await write('chain.pem', pair.chain)}`);
        lines.push(`TLSCertificateKeyFile ${await write('key.pem', pair.privateKey)}`);
      }
      const config = await write('slapd.conf', `${lines.join('\n')}\n`);
      const urls = [`ldap://127.0.0.1:${plain}`, ...(tls === undefined ? [] : [`ldaps://127.0.0.1:${tls}`])];
      return {
        program: toolPath('CERTDESK_TEST_SLAPD'),
        args: ['-d', '256', '-f', config, '-h', urls.join(' ')],
      };
    },
  });
}
