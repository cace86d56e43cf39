// Uploads a certificate that has no project yet: the project is named after it.
import type { KeyPairRequest, Validation } from '../../../shared/certificate.ts';
import { toName } from '../../../shared/identifiers.ts';
import type { Api } from '../../api.ts';

/**
 * Creates the project, and removes it again if the server refuses the upload.
 * @param checked The server's validation of the files.
 * @returns the project's ID
 */
export async function uploadToNew(
  api: Api,
  body: KeyPairRequest,
  checked: Validation | undefined,
): Promise<string> {
  const { domain, altNames } = namesFor(checked);
  const { id } = await api.projects.create.mutate({ body: { domain, altNames } });
  try {
    await api.certificates.upload.mutate({ id, body });
    return id;
  } catch (error) {
    // If the answer was lost, the certificate may be stored: then the project stays.
    await api.projects.remove.mutate({ id }).catch(() => undefined);
    throw error;
  }
}

/** The certificate's host names and IP addresses, the one that the server shows for it first. */
function namesFor(checked: Validation | undefined) {
  const names = checked?.valid === true ? [checked.domain, ...checked.names] : [];
  const [domain = '', ...altNames] = new Set(names.filter((name) => toName(name) !== null));
  return { domain, altNames: altNames.slice(0, 99) };
}
