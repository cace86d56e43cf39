// The answer to a validation: what an upload of the same files would say.
import type { Validation } from '../../../shared/certificate.ts';
import { CertdeskError } from '../core/errors.ts';
import type { KeyPairTasks } from '../pki/background-tasks.ts';

/** @param checked The check of the upload. @throws what it throws, except what is wrong with the files (status 400) */
export async function presentValidation(
  checked: ReturnType<KeyPairTasks['checkKeyPair']>,
): Promise<Validation> {
  try {
    const { leaf, domain, warnings, files } = await checked;
    return {
      valid: true,
      domain,
      issuedAt: leaf.issuedAt,
      expiresAt: leaf.expiresAt,
      issuer: leaf.issuerOrganization,
      names: [...leaf.names],
      warnings: warnings.map(({ message }) => message),
      warningCodes: warnings.map(({ code }) => code),
      ...(files === undefined ? {} : { files: [...files] }),
    };
  } catch (error) {
    if (!(error instanceof CertdeskError) || error.entry.status !== 400) throw error;
    const { error: sentence, code, details } = error.toBody();
    return {
      valid: false,
      error: sentence,
      code,
      ...(details === undefined ? {} : { details: toJson(details) }),
    };
  }
}

/** Details are plain JSON by the rule of core/errors.ts. The compiler cannot see that. */
function toJson(details: unknown) {
  return JSON.parse(JSON.stringify(details));
}
