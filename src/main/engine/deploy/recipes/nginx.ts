// nginx: one PEM file with key and chain is replaced atomically, and `ssl_certificate` and `ssl_certificate_key` may
// both name it (https://nginx.org/en/docs/http/configuring_https_servers.html).
import { portOf, type Recipe } from './recipe.ts';

export const nginx: Recipe = {
  id: 'nginx',
  name: 'nginx',
  description:
    'Installs the certificate for nginx, checks the configuration and reloads it. Name the file in ssl_certificate and ssl_certificate_key.',
  fields: [
    {
      name: 'certificate',
      label: 'Certificate file',
      help: 'The path in ssl_certificate. It receives the certificate with its intermediates, and the private key unless you name a file for it.',
      required: true,
      default: '/etc/nginx/certdesk/{domain}.pem',
    },
    {
      name: 'key',
      label: 'Private key file',
      help: 'The path in ssl_certificate_key. Leave it empty if both directives name the same file, which is replaced atomically.',
      required: false,
      default: '',
    },
    {
      name: 'port',
      label: 'HTTPS port',
      help: 'Certdesk connects to this port of the host to check the new certificate.',
      required: true,
      default: '443',
    },
  ],
  build: ({ certificate = '', key = '', port = '' }) => ({
    files:
      key === ''
        ? [{ content: 'combined', path: certificate }]
        : [
            { content: 'fullchain', path: certificate },
            { content: 'privkey', path: key },
          ],
    steps: { validateCommand: ['nginx', '-t'], reloadCommand: ['nginx', '-s', 'reload'] },
    verify: { port: portOf(port), protocol: 'tls' },
  }),
};
