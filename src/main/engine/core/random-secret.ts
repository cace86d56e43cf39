// Generates secrets that are shown once and stored as a hash: API tokens, sign-in links, sessions.
import { hash, randomBytes } from 'node:crypto';

/** 256 random bits. @param prefix Tells secret scanners and users what the secret is: `cdk_`. */
export function randomSecret(prefix: string): string {
  return `${prefix}${randomBytes(32).toString('base64url')}`;
}

/** SHA-256, hex. A plain hash is enough, because 256 random bits cannot be guessed. */
export function hashOfSecret(secret: string): string {
  return hash('sha256', secret, 'hex');
}
