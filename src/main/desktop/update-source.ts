// Where updates come from and which key signs them: fixed when Certdesk is built, so that nothing that runs later, no
// setting and no API token, can make it install another program.
import { createPublicKey, type KeyObject, verify } from 'node:crypto';

/** electron.vite.config.ts puts what the build's environment says in their place; null in an ordinary build. */
declare const CERTDESK_UPDATE_FEED: string | null | undefined;
declare const CERTDESK_UPDATE_KEY: string | null | undefined;

export interface UpdateSource {
  /** An address that begins with https://. */
  readonly feed: string;
  readonly key: KeyObject;
}

/** @returns null, which means no updates, unless the build names both the feed and the key. */
export function readUpdateSource(
  feed: string | null = typeof CERTDESK_UPDATE_FEED === 'string' ? CERTDESK_UPDATE_FEED : null,
  key: string | null = typeof CERTDESK_UPDATE_KEY === 'string' ? CERTDESK_UPDATE_KEY : null,
): UpdateSource | null {
  if (feed === null || key === null || URL.parse(feed)?.protocol !== 'https:') return null;
  const read = readKey(key);
  return read && { feed, key: read };
}

/** @param text An Ed25519 public key (RFC 8410) as Base64 of its DER. @returns null if it is none. */
function readKey(text: string): KeyObject | null {
  try {
    const key = createPublicKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'spki' });
    return key.asymmetricKeyType === 'ed25519' ? key : null;
  } catch {
    return null;
  }
}

/**
 * Whether the key has signed this text. The text holds the SHA-512 of each file, so the signature covers the files too.
 * @param signature Base64 of the 64 octets of RFC 8032.
 */
export function isSigned(text: string, signature: string, key: KeyObject): boolean {
  return verify(null, Buffer.from(text), key, Buffer.from(signature.trim(), 'base64'));
}
