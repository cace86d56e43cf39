// Services that also present their certificate as a client. Public CAs have stopped issuing certificates for that: Let's
// Encrypt on 2026-07-08, and from 2027-03-15 Chrome trusts only roots whose certificates are for servers alone (Chrome
// Root Program Policy 1.8).
import type { Protocol } from './endpoint.ts';

/** By use: when the service presents its certificate as a client, as a sentence without a period. The use of a recipe has its id. */
export const CLIENT_USES: Readonly<Record<string, string>> = {
  postfix: 'Postfix presents it to other mail servers if smtp_tls_chain_files or smtp_tls_cert_file names it',
  dovecot: 'Dovecot presents it to the servers that it proxies to if ssl_client_cert names it',
  slapd: 'OpenLDAP presents it to its provider if syncrepl names it (tls_cert, with bindmethod=sasl)',
  postgresql: 'PostgreSQL presents it to its primary if sslcert in primary_conninfo names it',
  mariadb: 'MariaDB presents it to its primary if MASTER_SSL_CERT of a replica names it',
  mosquitto: 'Mosquitto presents it to another broker if bridge_certfile names it',
  xmpp: 'XMPP servers present it to each other (server-to-server connections)',
  mumble: 'Mumble presents it to the list of public servers',
};

/** For servers that have no recipe. */
const USES_BY_PORT: Readonly<Record<number, string>> = { 5269: 'xmpp', 64738: 'mumble' };

/** The use of CLIENT_USES that the server behind an endpoint is known for; null if there is none. */
export function clientUseOfEndpoint(endpoint: {
  readonly protocol: Protocol;
  readonly port: number;
}): string | null {
  const port = endpoint.protocol === 'xmpp-client' ? 5269 : endpoint.port;
  return USES_BY_PORT[port] ?? null;
}

const WHY =
  'Certificates of public CAs are for servers only: at Let’s Encrypt since 2026-07-08, at all of them from 2027-03-15.';

/** @param use A key of CLIENT_USES. */
export function explainNoClientAuth(use: string): string {
  return `The certificate does not permit client authentication. ${CLIENT_USES[use]}; other servers may then refuse it. ${WHY}`;
}

export const CLIENT_AUTH_ADVICE = 'For connections as a client, use a certificate of a private CA.';
