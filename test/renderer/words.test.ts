// How the pages describe the server's technical names, and times.
import { describe, expect, it, test } from 'vitest';
import { keyName, signatureName } from '../../src/renderer/certificates/algorithm-names.ts';
import { formatRelative } from '../../src/renderer/format.ts';
import { withProject } from '../../src/renderer/ui/names.tsx';

test.each([
  ['ec', 256, 'EC P-256'],
  ['ec', 521, 'EC P-521'],
  ['rsa', 2048, 'RSA 2048'],
  ['ed25519', null, 'ED25519'],
])('describes a key of %s and %s bits as %s', (keyType, keySize, name) => {
  expect(keyName({ keyType, keySize })).toBe(name);
});

test.each([
  ['ecdsa-with-SHA384', 'ECDSA with SHA-384'],
  ['sha256WithRSAEncryption', 'RSA with SHA-256'],
  ['1.2.3.4', '1.2.3.4'],
])('describes the signature %s as %s', (given, name) => {
  expect(signatureName(given)).toBe(name);
});

describe('a time within a minute', () => {
  const now = Date.parse('2026-02-01T00:00:00Z');

  it('is now in the past, and in a moment in the future', () => {
    expect(formatRelative('2026-01-31T23:59:30Z', now)).toBe('now');
    expect(formatRelative('2026-02-01T00:00:30Z', now)).toBe('in 1 minute');
  });
});

test('starts words about a project with its name if they do not contain it', () => {
  expect(withProject('Issuance started', 'shop.example.com')).toBe('shop.example.com: Issuance started');
  expect(withProject('Project shop.example.com created', 'shop.example.com')).not.toContain(': ');
  expect(withProject('Project old.example.com removed', null)).toBe('Project old.example.com removed');
});
