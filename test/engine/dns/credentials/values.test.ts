import { describe, expect, test } from 'vitest';
import { CertdeskError } from '../../../../src/main/engine/core/errors.ts';
import { checkCredentials, secretValues } from '../../../../src/main/engine/dns/credentials/values.ts';
import type { CredentialField } from '../../../../src/main/engine/dns/providers/provider.ts';

const field = (name: string, more: Partial<CredentialField> = {}): CredentialField => ({
  name,
  label: `The ${name}`,
  secret: true,
  required: true,
  type: 'text',
  ...more,
});
const SOME = {
  name: 'Some DNS',
  credentials: [
    field('token'),
    field('region', { secret: false, required: false, default: 'eu' }),
    field('algorithm', { secret: false, required: false, type: 'choice', choices: ['sha256', 'sha512'] }),
    field('file', { required: false, type: 'json' }),
    field('variables', { required: false, type: 'lines' }),
  ],
};

function refusal(given: Record<string, string | number | object>): CertdeskError {
  try {
    checkCredentials(SOME, JSON.parse(JSON.stringify(given)));
  } catch (error) {
    if (error instanceof CertdeskError) return error;
  }
  throw new Error('nothing was refused');
}

describe('credential values', () => {
  test('are trimmed and filled with defaults', () => {
    expect(checkCredentials(SOME, { token: ' abc\n' })).toEqual({ token: 'abc', region: 'eu' });
  });

  test('of more than 50 values or 64 KiB are refused: each value is searched for in every text', () => {
    const lines = (count: number, length = 8) =>
      Array.from({ length: count }, (_, at) => `NAME_${at}=${String(at).padStart(length, 'v')}`).join('\n');
    expect(checkCredentials(SOME, { token: 'abc', variables: lines(50) }).variables).toBeTypeOf('object');
    expect(refusal({ token: 'abc', variables: lines(51) }).message).toMatch(
      /^dnsCredentials.variables contains more than 50 values/,
    );
    expect(refusal({ token: 'abc', variables: lines(10, 11_000) }).message).toMatch(/is larger than 64 KiB/);
    const file = Object.fromEntries(Array.from({ length: 51 }, (_, at) => [`key${at}`, 'value']));
    expect(refusal({ token: 'abc', file })).toMatchObject({ code: 'INVALID_REQUEST' });
    expect(
      refusal({ token: 'abc', file: { keys: Array.from({ length: 51 }, () => 'value') } }),
    ).toMatchObject({
      code: 'INVALID_REQUEST',
    });
  });

  test('accept any characters in secrets, but no line breaks', () => {
    expect(checkCredentials(SOME, { token: 'abc', region: '/home/jörg' }).region).toBe('/home/jörg');
    expect(refusal({ token: 'abc', region: 'a\nb' }).details).toMatchObject({
      issues: [{ field: 'dnsCredentials.region' }],
    });
  });

  test('accept a pasted key file and pasted lines as objects', () => {
    const checked = checkCredentials(SOME, {
      token: 'abc',
      file: '{"private_key":"k"}',
      variables: 'export CF_Token="x y"\n\nCF_Zone=z',
    });
    expect(checked.file).toEqual({ private_key: 'k' });
    expect(checked.variables).toEqual({ CF_Token: 'x y', CF_Zone: 'z' });
  });

  test.each([
    ['an unknown field', { token: 'abc', tokken: 'S3CRET' }, 'tokken', 'is not a field of Some DNS'],
    ['a missing field', {}, 'token', 'is missing: Some DNS needs it (The token)'],
    ['an empty field', { token: '  ' }, 'token', 'is missing'],
    ['a number', { token: 5 }, 'token', 'must be a string'],
    ['a line break inside', { token: 'S3CRET\nS3CRET' }, 'token', 'line breaks'],
    ['what no header can hold', { token: 'S3CRET“' }, 'token', 'characters that are not allowed'],
    ['no choice', { token: 'a', algorithm: 'S3CRET' }, 'algorithm', 'must be one of sha256, sha512'],
    ['no JSON', { token: 'a', file: '{"k": S3CRET' }, 'file', 'must be a JSON object'],
    ['a JSON list', { token: 'a', file: ['S3CRET'] }, 'file', 'must be a JSON object'],
    ['no lines', { token: 'a', variables: 'S3CRET' }, 'variables', 'must be lines of the form'],
    ['lines of numbers', { token: 'a', variables: { A: 1 } }, 'variables', 'must be lines of the form'],
  ])('refuse %s by name, without the value', (_, given, name, problem) => {
    const error = refusal(given);
    expect(error.code).toBe('INVALID_REQUEST');
    expect(error.details).toMatchObject({ issues: [{ field: `dnsCredentials.${name}` }] });
    expect(error.message).toContain(problem);
    expect(JSON.stringify(error.toBody())).not.toContain('S3CRET');
  });

  test('are secret if declared so; in a key file only its keys', () => {
    const values = secretValues(SOME, {
      token: 'abc',
      region: 'eu',
      file: {
        private_key: 'pem',
        private_key_id: 'kid',
        client_email: 'a@b',
        token_uri: 'https://x',
        sub: { secret: 's' },
      },
      variables: { CF_Token: 't', CF_Zone: 'z' },
    });
    expect([...values].sort()).toEqual(['abc', 'kid', 'pem', 's', 't', 'z']);
  });
});
