// OpenLDAP with its configuration in cn=config: replacing both values loads the files again, also if the paths are the
// same (https://www.openldap.org/doc/admin25/tls.html). Both may name the same file.
import { pemFields, pemFiles, portField, type Recipe } from './recipe.ts';

/** Arguments: the paths of certificate and key. Root may change cn=config over the local socket. */
const RELOAD = [
  'printf "dn: cn=config\\nchangetype: modify\\nreplace: olcTLSCertificateFile\\nolcTLSCertificateFile: %s\\n-\\n',
  'replace: olcTLSCertificateKeyFile\\nolcTLSCertificateKeyFile: %s\\n" "$1" "$2"',
  ' | ldapmodify -Q -Y EXTERNAL -H ldapi:///',
].join('');

export const slapd: Recipe = {
  id: 'slapd',
  name: 'OpenLDAP',
  description:
    'Installs the certificate for slapd, checks its configuration and sets olcTLSCertificateFile and olcTLSCertificateKeyFile in cn=config, which loads the files.',
  reader: 'openldap',
  restart: 'systemctl restart slapd',
  protocols: { byPort: { 636: 'tls' }, otherwise: 'ldap' },
  fields: [
    ...pemFields(
      { certificate: 'olcTLSCertificateFile', key: 'olcTLSCertificateKeyFile' },
      '/etc/ldap/certdesk',
    ),
    portField('LDAP port', '389', 'Port 636 is checked with TLS, all others with StartTLS.'),
  ],
  build: ({ certificate = '', key = '' }) => ({
    files: pemFiles(certificate, key, 'openldap'),
    steps: {
      validateCommand: ['slaptest', '-u', '-Q'],
      reloadCommand: ['sh', '-c', RELOAD, 'sh', certificate, key === '' ? certificate : key],
    },
  }),
};
