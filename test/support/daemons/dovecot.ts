// Dovecot with the ports 143, 993, 110 and 995. Only root can start it.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { toolPath } from '../../../scripts/lib/find-tool.ts';
import { type Daemon, readLog, runInPackages, type ServedPair, startDaemon } from './daemon.ts';

export interface Dovecot extends Daemon {
  readonly imapPort: number;
  readonly imapsPort: number;
  readonly pop3Port: number;
  readonly pop3sPort: number;
}

/** @param pair Null: without TLS; the ports for TLS are then 0. Reloads on SIGHUP; with a bad key TLS fails. */
export async function startDovecot(pair: ServedPair | null): Promise<Dovecot> {
  const daemon = await startDaemon({
    name: 'dovecot',
    uses: pair === null ? [{}, {}] : [{}, {}, {}, {}],
    async configure({ folder, ports: [imap = 0, pop3 = 0, imaps = 0, pop3s = 0], write }) {
      mkdirSync(join(folder, 'state'));
      const tls =
        pair === null
          ? ['ssl = no']
          : [
              'ssl = yes',
              `ssl_cert = <${await write('chain.pem', pair.chain)}`,
              `ssl_key = <${await write('key.pem', pair.privateKey)}`,
            ];
      const listener = (name: string, port: number, isTls: boolean) =>
        `inet_listener ${name} {\n address = 127.0.0.1\n port = ${port}\n ssl = ${isTls ? 'yes' : 'no'}\n}`;
      const lines = [
        'protocols = imap pop3',
        `base_dir = ${folder}/run`,
        `state_dir = ${folder}/state`,
        `log_path = ${folder}/dovecot.log`,
        'default_internal_user = news', // any two users; those of the package do not exist
        'default_internal_group = news',
        'default_login_user = daemon',
        'disable_plaintext_auth = no',
        'passdb {\n driver = static\n args = nopassword=y\n}',
        'userdb {\n driver = static\n args = uid=news gid=news home=/nonexistent\n}',
        `service imap-login {\n${listener('imap', imap, false)}\n${listener('imaps', imaps, true)}\n}`,
        `service pop3-login {\n${listener('pop3', pop3, false)}\n${listener('pop3s', pop3s, true)}\n}`,
        ...tls,
      ];
      const config = await write('dovecot.conf', `${lines.join('\n')}\n`, 0o644);
      const server = runInPackages(toolPath('CERTDESK_TEST_DOVECOT'), '/usr/sbin/dovecot', [
        '-F',
        '-c',
        config,
      ]);
      return { ...server, output: () => readLog(join(folder, 'dovecot.log')) };
    },
  });
  const [imapPort = 0, pop3Port = 0, imapsPort = 0, pop3sPort = 0] = daemon.ports;
  return { ...daemon, imapPort, pop3Port, imapsPort, pop3sPort };
}
