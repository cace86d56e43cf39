// How the form handles dropped files and the server's result for each.
import { expect, test } from 'vitest';
import { MAX_BYTES, readBytes, readGivenFile } from '../../src/renderer/certificates/upload/read-file.ts';
import {
  describe as describeFile,
  type Given,
  MAX_FILES,
  missing,
  refusal,
  sortByResult,
  toRequest,
} from '../../src/renderer/certificates/upload/uploaded-files.ts';
import type { FileContent, Validation } from '../../src/shared/certificate.ts';

const given = (id: number, base64 = `AAA${id}`): Given => ({ id, name: `file ${id}`, base64, content: null });
const content = (counts: Partial<FileContent>): FileContent => ({
  certificates: 0,
  keys: 0,
  pkcs12: 0,
  problem: null,
  ...counts,
});
const refused = (details: object): Validation => ({
  valid: false,
  error: 'x',
  code: 'KEY_UNREADABLE',
  details: details as never,
});

test('sends a file unchanged, whatever its bytes', () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, octet) => octet);
  const read = readBytes('a.p7b', bytes);
  expect(read).toEqual({ base64: Buffer.from(bytes).toString('base64') });
  expect(toRequest([given(1), given(2)], '')).toEqual({ files: ['AAA1', 'AAA2'] });
  expect(toRequest([given(1)], 'pw')).toEqual({ files: ['AAA1'], passphrase: 'pw' });
  expect(toRequest([], 'pw')).toBeNull();
});

test('does not read an empty or too large file', async () => {
  expect(readBytes('a.key', new Uint8Array())).toEqual({ problem: 'a.key is empty.' });
  const arrayBuffer = () => Promise.reject(new Error('not read'));
  expect(await readGivenFile({ name: 'film', size: MAX_BYTES + 1, arrayBuffer })).toEqual({
    problem: 'film is too large to be a certificate or key.',
  });
});

test('refuses the same file twice, too many files, and too large files in total', () => {
  expect(refusal([given(1)], 'b', 'AAA2')).toBeNull();
  expect(refusal([given(1)], 'b', 'AAA1')).toBe('b has been added already.');
  const many = Array.from({ length: MAX_FILES }, (_, id) => given(id));
  expect(refusal(many, 'b', 'AAAB')).toMatch(/^b was not added: too many/);
  expect(refusal([given(1, 'A'.repeat(MAX_BYTES))], 'b', 'B'.repeat(MAX_BYTES))).toMatch(/too large/);
});

test.each([
  [{ certificates: 1 }, '1 certificate'],
  [{ certificates: 3 }, '3 certificates'],
  [{ keys: 1 }, 'private key'],
  [{ keys: 2 }, '2 private keys'],
  [{ certificates: 2, keys: 1 }, '2 certificates and the private key'],
  [{ certificates: 2, keys: 2 }, '2 certificates and 2 private keys'],
  [{ pkcs12: 1 }, 'PFX (PKCS#12)'],
  [{ pkcs12: 1, certificates: 3, keys: 1 }, 'PFX (PKCS#12): 3 certificates and the private key'],
  [{ pkcs12: 1, certificates: 2 }, 'PFX (PKCS#12): 2 certificates'],
])('shows %o as %s', (counts, shown) => {
  expect(describeFile({ ...given(1), content: content(counts) })).toBe(shown);
});

test('names a useless file and leaves it out', () => {
  const files = [content({ certificates: 1 }), content({ problem: 'it is an image' })];
  const sorted = sortByResult([given(1), given(2)], refused({ files }));
  expect(sorted.given.map(({ id }) => id)).toEqual([1]);
  expect(sorted.problems).toEqual(['file 2 cannot be used: it is an image.']);
});

test('asks for the missing file', () => {
  expect(missing(refused({ missing: 'privateKey' }))).toMatch(/key missing/i);
  expect(missing(refused({ missing: 'certificate' }))).toMatch(/certificate missing/i);
  expect(missing(refused({ field: 'x' }))).toBeNull();
  expect(missing(null)).toBeNull();
});
