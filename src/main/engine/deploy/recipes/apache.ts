// Apache: SSLCertificateFile may contain the intermediates since 2.4.8; SSLCertificateKeyFile has the key
// (https://httpd.apache.org/docs/2.4/mod/mod_ssl.html).
import { portField, type Recipe } from './recipe.ts';

export const apache: Recipe = {
  id: 'apache',
  name: 'Apache',
  description:
    'Installs certificate and key for Apache 2.4, checks the configuration and reloads it gracefully. Name the files in SSLCertificateFile and SSLCertificateKeyFile.',
  reader: 'root',
  restart: 'systemctl restart apache2',
  fields: [
    {
      name: 'certificate',
      label: 'Certificate file',
      help: 'The path in SSLCertificateFile. It receives the certificate with its intermediates.',
      required: true,
      default: '/etc/apache2/certdesk/{domain}.pem',
    },
    {
      name: 'key',
      label: 'Private key file',
      help: 'The path in SSLCertificateKeyFile.',
      required: true,
      default: '/etc/apache2/certdesk/{domain}.key',
    },
    portField('HTTPS port', '443'),
  ],
  build: ({ certificate = '', key = '' }) => ({
    files: [
      { content: 'fullchain', path: certificate },
      { content: 'privkey', path: key },
    ],
    steps: {
      validateCommand: ['apachectl', 'configtest'],
      reloadCommand: ['apachectl', 'graceful'],
    },
  }),
};
