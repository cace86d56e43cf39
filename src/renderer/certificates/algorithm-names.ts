// Display names of key and signature algorithms.

/** Curve size in bits -> name (FIPS 186-5). */
const CURVES: Readonly<Record<number, string>> = { 256: 'P-256', 384: 'P-384', 521: 'P-521' };

/** Formats a key: `RSA 2048`, `EC P-256`, `ED25519`. */
export function keyName({
  keyType,
  keySize,
}: {
  readonly keyType: string;
  readonly keySize: number | null;
}): string {
  const kind = keyType.toUpperCase();
  if (keySize === null) return kind;
  return `${kind} ${(keyType === 'ec' ? CURVES[keySize] : undefined) ?? keySize}`;
}

/**
 * Formats a signature algorithm. @param name OpenSSL's name, such as `ecdsa-with-SHA256` or `sha256WithRSAEncryption`;
 * others stay unchanged.
 */
export function signatureName(name: string): string {
  const ecdsa = /^ecdsa-with-SHA(\d+)$/i.exec(name);
  if (ecdsa !== null) return `ECDSA with SHA-${ecdsa[1]}`;
  const rsa = /^sha(\d+)WithRSAEncryption$/i.exec(name);
  if (rsa !== null) return `RSA with SHA-${rsa[1]}`;
  return name === 'rsassaPss' ? 'RSA-PSS' : name;
}
