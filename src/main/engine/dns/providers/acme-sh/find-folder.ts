// Checks that acme.sh scripts are enabled. Only the administrator can enable them, with a startup option.
import { CertdeskError } from '../../../core/errors.ts';

/**
 * @param folder The startup option `--acme-sh-folder`; null if it was not given.
 * @throws UNSUPPORTED_DNS_PROVIDER if acme.sh scripts are disabled
 */
export function requireAcmeShFolder(folder: string | null): string {
  if (folder !== null) return folder;
  throw new CertdeskError(
    'UNSUPPORTED_DNS_PROVIDER',
    'acme.sh scripts are off. Start Certdesk with --acme-sh-folder FOLDER to run them.',
    { field: 'dnsProvider' },
  );
}
