// INVALID_REQUEST about one field of a request or of credentials.
import { CertdeskError } from './errors.ts';

/**
 * @param field Its path in the request: `email.password`.
 * @param message What is wrong with it: `is missing`. It never quotes a secret.
 * @param sentence The whole sentence, if it is another one than `FIELD: MESSAGE`.
 */
export function invalid(field: string, message: string, sentence = `${field}: ${message}`): CertdeskError {
  return new CertdeskError('INVALID_REQUEST', sentence, { issues: [{ field, message }] });
}

/** @param field Of a DNS provider's credentials: `apiToken`. @param message The rest of a sentence, without its period. */
export function invalidCredential(field: string, message: string): CertdeskError {
  const path = `dnsCredentials.${field}`;
  return invalid(path, message, `${path} ${message}.`);
}
