// Secrets that are shown once and kept as a hash: API tokens, sign-in links, sessions.
import { hash, randomBytes } from 'node:crypto';

/** 256 random bits. @param prefix Lets secret scanners and people tell what it is: `cdk_`. */
export function randomSecret(prefix: string): string {
  return `${prefix}${randomBytes(32).toString('base64url')}`;
}

/** SHA-256, hex. A plain hash is enough for 256 random bits: there is nothing to guess. */
export function hashOfSecret(secret: string): string {
  return hash('sha256', secret, 'hex');
}
