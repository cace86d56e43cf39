// Postfix 3.4 and later: smtpd_tls_chain_files names one PEM file with the key first, which is replaced atomically. A
// table of tls_server_sni_maps contains the file itself, so it is rebuilt with postmap -F
// (https://www.postfix.org/postconf.5.html, https://www.postfix.org/postmap.1.html). `postfix reload` succeeds even if
// the key is damaged, so only the check over SMTP shows that TLS works.
import { portField, type Recipe } from './recipe.ts';

export const postfix: Recipe = {
  id: 'postfix',
  name: 'Postfix',
  description:
    'Installs the certificate for Postfix, checks the configuration and reloads it. Name the file in smtpd_tls_chain_files.',
  reader: 'root',
  restart: 'systemctl restart postfix',
  protocols: { byPort: { 465: 'tls' }, otherwise: 'smtp' },
  fields: [
    {
      name: 'chain',
      label: 'Certificate file',
      help: 'The path in smtpd_tls_chain_files. It receives private key, certificate and intermediates.',
      required: true,
      default: '/etc/postfix/certdesk/{domain}.pem',
    },
    {
      name: 'sniMap',
      label: 'SNI table',
      help: 'The table in tls_server_sni_maps, such as hash:/etc/postfix/sni, if it names the file. It is rebuilt before each reload.',
      required: false,
      default: '',
    },
    portField('SMTP port', '25', 'Port 465 is checked with TLS, all others with STARTTLS.'),
  ],
  build: ({ chain = '', sniMap = '' }) => ({
    files: [{ content: 'combined', path: chain }],
    steps: {
      validateCommand: ['postfix', 'check'],
      reloadCommand:
        sniMap === ''
          ? ['postfix', 'reload']
          : ['sh', '-c', 'postmap -F "$1" && postfix reload', 'sh', sniMap],
    },
  }),
};
