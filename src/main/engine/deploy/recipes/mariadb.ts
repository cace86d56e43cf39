// MariaDB: ssl_cert and ssl_key may name the same file. FLUSH SSL loads both again and keeps the old ones if the new
// ones are bad (https://mariadb.com/kb/en/flush/). `mariadbd --verbose --help` reads all options and starts nothing.
import { pemFields, pemFiles, portField, type Recipe } from './recipe.ts';

export const mariadb: Recipe = {
  id: 'mariadb',
  name: 'MariaDB',
  description:
    'Installs the certificate for MariaDB 10.4 and later, checks the option files and has the server load the certificate without a restart. Name the file in ssl_cert and ssl_key.',
  reader: 'mysql',
  restart: 'systemctl restart mariadb',
  protocols: { byPort: {}, otherwise: 'mysql' },
  fields: [
    ...pemFields({ certificate: 'ssl_cert', key: 'ssl_key' }, '/etc/mysql/certdesk'),
    portField('MariaDB port', '3306'),
  ],
  build: ({ certificate = '', key = '' }) => ({
    files: pemFiles(certificate, key, 'mysql'),
    steps: {
      validateCommand: ['sh', '-c', 'exec mariadbd --user=mysql --verbose --help >/dev/null'],
      reloadCommand: ['mariadb', '-e', 'FLUSH SSL'],
    },
  }),
};
