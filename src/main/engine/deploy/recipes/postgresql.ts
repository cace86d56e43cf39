// PostgreSQL: ssl_cert_file and ssl_key_file may name the same file. The key must belong to the server's user with mode
// 0600 (https://www.postgresql.org/docs/15/ssl-tcp.html). /etc/postgresql belongs to postgres on Debian, so that the
// default is elsewhere: the sudo helper writes only to folders of root.
import { pemFields, pemFiles, portField, type Recipe } from './recipe.ts';

/**
 * The server reads its configuration files again and reports errors, without applying anything. Settings that only a
 * restart can change count as errors in this view, but are none.
 */
const ERRORS = `SELECT concat_ws(' ', f.sourcefile, f.sourceline, f.name, f.error) FROM pg_file_settings f LEFT JOIN pg_settings s USING (name) WHERE f.error IS NOT NULL AND s.context IS DISTINCT FROM 'postmaster'`;
/** As the user that the server trusts on its local socket. */
const VALIDATE = [
  'query() { if [ "$(id -un)" = postgres ]; then psql "$@"; else runuser -u postgres -- psql "$@"; fi; };',
  'errors=$(cd / && query -XAtqc "$1" postgres) || exit;',
  '[ -z "$errors" ] || { printf "%s\\n" "$errors" >&2; exit 1; }',
].join(' ');

export const postgresql: Recipe = {
  id: 'postgresql',
  name: 'PostgreSQL',
  description:
    'Installs the certificate for PostgreSQL, checks the configuration files and reloads them. Name the file in ssl_cert_file and ssl_key_file.',
  reader: 'postgres',
  restart: 'systemctl restart postgresql',
  protocols: { byPort: {}, otherwise: 'postgres' },
  fields: [
    ...pemFields({ certificate: 'ssl_cert_file', key: 'ssl_key_file' }, '/etc/ssl/postgresql'),
    portField('PostgreSQL port', '5432'),
  ],
  build: ({ certificate = '', key = '' }) => ({
    files: pemFiles(certificate, key, 'postgres'),
    steps: {
      validateCommand: ['sh', '-c', VALIDATE, 'sh', ERRORS],
      reloadCommand: ['systemctl', 'reload', 'postgresql'],
    },
  }),
};
