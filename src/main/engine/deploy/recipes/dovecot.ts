// Dovecot: ssl_cert and ssl_key may name the same file (https://doc.dovecot.org/2.3/configuration_manual/dovecot_ssl_configuration/);
// since 2.4 the settings are ssl_server_cert_file and ssl_server_key_file. doveconf also fails if it cannot read them.
import { pemFields, pemFiles, portField, type Recipe } from './recipe.ts';

export const dovecot: Recipe = {
  id: 'dovecot',
  name: 'Dovecot',
  description:
    'Installs the certificate for Dovecot, checks the configuration and reloads it. Name the file in ssl_cert and ssl_key, after a "<".',
  reader: 'root',
  restart: 'systemctl restart dovecot',
  protocols: { byPort: { 143: 'imap', 110: 'pop3' }, otherwise: 'tls' },
  fields: [
    ...pemFields({ certificate: 'ssl_cert', key: 'ssl_key' }, '/etc/dovecot/certdesk'),
    portField('IMAP or POP3 port', '993', 'Ports 143 and 110 are checked with STARTTLS.'),
  ],
  build: ({ certificate = '', key = '' }) => ({
    files: pemFiles(certificate, key),
    steps: { validateCommand: ['doveconf', '-n'], reloadCommand: ['doveadm', 'reload'] },
  }),
};
