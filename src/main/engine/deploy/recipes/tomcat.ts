// Tomcat and other Java services: a PKCS#12 keystore, whose entry has the domain as its alias
// (https://tomcat.apache.org/tomcat-10.1-doc/ssl-howto.html). Java reads the files of MODERN since 8u301. Tomcat loads a
// changed keystore only over JMX or its manager, so the recipe restarts the service. No command checks server.xml while
// Tomcat runs: `catalina.sh configtest` needs its ports.
import { portField, type Recipe } from './recipe.ts';

export const tomcat: Recipe = {
  id: 'tomcat',
  name: 'Tomcat',
  description:
    'Installs a PKCS#12 keystore for Tomcat or another Java service and restarts it. Name the file in certificateKeystoreFile.',
  reader: 'tomcat',
  restart: 'systemctl restart tomcat10',
  fields: [
    {
      name: 'keystore',
      label: 'Keystore file',
      help: 'The path in certificateKeystoreFile. It receives certificate, intermediates and private key as PKCS#12; the alias is the domain.',
      required: true,
      default: '/etc/tomcat10/certdesk/{domain}.p12',
    },
    {
      name: 'password',
      label: 'Keystore password',
      help: 'A host credential of the type secret with at least 8 characters. certificateKeystorePassword has the same password.',
      required: true,
      default: '',
      secret: true,
    },
    {
      name: 'service',
      label: 'systemd service',
      help: 'It is restarted to load the keystore.',
      required: true,
      default: 'tomcat10',
    },
    portField('HTTPS port', '8443'),
  ],
  build: ({ keystore = '', password = '', service = '' }) => ({
    files: [
      { content: 'pkcs12', path: keystore, owner: 'tomcat', mode: '0600', passwordCredentialId: password },
    ],
    steps: { validateCommand: null, reloadCommand: ['systemctl', 'restart', service] },
  }),
};
