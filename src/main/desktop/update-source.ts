// Reads the update feed and its signing key, which are fixed at build time, so that no setting and no API token can
// make Certdesk install another program.
import { createPublicKey, type KeyObject, verify } from 'node:crypto';

/** electron.vite.config.ts replaces these with values from the build's environment; null in an ordinary build. */
declare const CERTDESK_UPDATE_FEED: string | null | undefined;
declare const CERTDESK_UPDATE_KEY: string | null | undefined;

export interface UpdateSource {
  /** An https URL. */
  readonly feed: string;
  readonly key: KeyObject;
}

/** @returns null (no updates) unless the build names both the feed and the key */
export function readUpdateSource(
  feed: string | null = typeof CERTDESK_UPDATE_FEED === 'string' ? CERTDESK_UPDATE_FEED : null,
  key: string | null = typeof CERTDESK_UPDATE_KEY === 'string' ? CERTDESK_UPDATE_KEY : null,
): UpdateSource | null {
  if (feed === null || key === null || URL.parse(feed)?.protocol !== 'https:') return null;
  const read = readKey(key);
  return read && { feed, key: read };
}

/** @param text An Ed25519 public key (RFC 8410), base64 of its DER. @returns null if it is invalid */
function readKey(text: string): KeyObject | null {
  try {
    const key = createPublicKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'spki' });
    return key.asymmetricKeyType === 'ed25519' ? key : null;
  } catch {
    return null;
  }
}

/**
 * Verifies the signature of a text. The text contains the SHA-512 of each file, so the signature covers the files, too.
 * @param signature The 64 octets of RFC 8032, in base64.
 */
export function isSigned(text: string, signature: string, key: KeyObject): boolean {
  return verify(null, Buffer.from(text), key, Buffer.from(signature.trim(), 'base64'));
}
