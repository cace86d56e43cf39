// The dialogue of each protocol that upgrades a plaintext connection.
import type { Protocol } from '../../../../shared/endpoint.ts';
import type { StartTls } from './conversation.ts';
import { startFtp } from './ftp.ts';
import { startImap } from './imap.ts';
import { startLdap } from './ldap.ts';
import { startMysql } from './mysql.ts';
import { startPop3 } from './pop3.ts';
import { startPostgres } from './postgres.ts';
import { startSmtp } from './smtp.ts';
import { startXmpp } from './xmpp.ts';

/** Null: TLS from the first byte. */
export const START_TLS: Readonly<Record<Protocol, StartTls | null>> = {
  tls: null,
  smtp: startSmtp,
  imap: startImap,
  pop3: startPop3,
  ldap: startLdap,
  postgres: startPostgres,
  mysql: startMysql,
  ftp: startFtp,
  'xmpp-client': startXmpp,
};
