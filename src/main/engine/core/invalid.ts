// Creates INVALID_REQUEST errors about one field of a request or of DNS credentials.
import { CertdeskError } from './errors.ts';

/**
 * @param field Path in the request: `email.password`.
 * @param message The problem, as the end of a sentence: `is missing`. It must not quote a secret.
 * @param sentence The error's full message; `FIELD: MESSAGE` by default.
 */
export function invalid(field: string, message: string, sentence = `${field}: ${message}`): CertdeskError {
  return new CertdeskError('INVALID_REQUEST', sentence, { issues: [{ field, message }] });
}

/**
 * @param field A field of a DNS provider's credentials: `apiToken`.
 * @param message The problem, as the end of a sentence without its period.
 */
export function invalidCredential(field: string, message: string): CertdeskError {
  const path = `dnsCredentials.${field}`;
  return invalid(path, message, `${path} ${message}.`);
}
