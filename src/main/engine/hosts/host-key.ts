// Public keys of hosts as OpenSSH names them: their type, and their SHA-256 fingerprint.
import { createHash } from 'node:crypto';

export interface HostKey {
  /** As in known_hosts: `ssh-ed25519`, `ecdsa-sha2-nistp256`, `ssh-rsa` … */
  readonly type: string;
  /** As OpenSSH prints it, without `SHA256:` and padding. */
  readonly sha256: string;
}

/** The signature algorithms to negotiate for a key type (RFC 8332 for RSA; never ssh-rsa, which is SHA-1). */
export const HOST_KEY_ALGORITHMS: Readonly<Record<string, readonly string[]>> = {
  'ssh-ed25519': ['ssh-ed25519'],
  'ecdsa-sha2-nistp256': ['ecdsa-sha2-nistp256'],
  'ecdsa-sha2-nistp384': ['ecdsa-sha2-nistp384'],
  'ecdsa-sha2-nistp521': ['ecdsa-sha2-nistp521'],
  'ssh-rsa': ['rsa-sha2-512', 'rsa-sha2-256'],
};

/** @param blob The key as SSH sends it (RFC 4253 section 6.6): its first string is the type. Null if it is damaged. */
export function readHostKey(blob: Buffer): HostKey | null {
  if (blob.length < 4) return null;
  const length = blob.readUInt32BE(0);
  if (length === 0 || length > 64 || blob.length < 4 + length) return null;
  const type = blob.toString('latin1', 4, 4 + length);
  if (!/^[\w@.-]+$/.test(type)) return null;
  if (Object.hasOwn(HOST_KEY_ALGORITHMS, type) && !isWhole(blob)) return null;
  return { type, sha256: fingerprintOf(blob) };
}

/** Whether the blob is a sequence of strings with their lengths, as the keys of all supported types are. */
function isWhole(blob: Buffer): boolean {
  let at = 0;
  while (at + 4 <= blob.length) at += 4 + blob.readUInt32BE(at);
  return at === blob.length;
}

/** SHA-256 of a key as OpenSSH prints it, without `SHA256:`. 32 bytes in Base64 end with one `=`, which it omits. */
export function fingerprintOf(blob: Uint8Array): string {
  return createHash('sha256').update(blob).digest('base64').slice(0, -1);
}
