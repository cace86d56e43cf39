// nginx: one PEM file with key and chain is replaced atomically, and `ssl_certificate` and `ssl_certificate_key` may
// both name it (https://nginx.org/en/docs/http/configuring_https_servers.html).
import { pemFields, pemFiles, portField, type Recipe } from './recipe.ts';

export const nginx: Recipe = {
  id: 'nginx',
  name: 'nginx',
  description:
    'Installs the certificate for nginx, checks the configuration and reloads it. Name the file in ssl_certificate and ssl_certificate_key.',
  reader: 'root',
  restart: 'systemctl restart nginx',
  fields: [
    ...pemFields({ certificate: 'ssl_certificate', key: 'ssl_certificate_key' }, '/etc/nginx/certdesk'),
    portField('HTTPS port', '443'),
  ],
  build: ({ certificate = '', key = '' }) => ({
    files: pemFiles(certificate, key),
    steps: { validateCommand: ['nginx', '-t'], reloadCommand: ['nginx', '-s', 'reload'] },
  }),
};
