// Whether acme.sh scripts may run at all: only whoever starts Certdesk names the folder that they are in.
import { CertdeskError } from '../../../core/errors.ts';

/**
 * @param folder The startup option `--acme-sh-folder`; null where it was not given.
 * @throws UNSUPPORTED_DNS_PROVIDER where acme.sh scripts are off.
 */
export function requireAcmeShFolder(folder: string | null): string {
  if (folder !== null) return folder;
  throw new CertdeskError(
    'UNSUPPORTED_DNS_PROVIDER',
    'acme.sh scripts are off. Start Certdesk with --acme-sh-folder FOLDER to run them.',
    { field: 'dnsProvider' },
  );
}
