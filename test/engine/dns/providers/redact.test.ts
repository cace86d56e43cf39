import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { createRedactor, REDACTED } from '../../../../src/main/engine/dns/providers/redact.ts';

const SECRET = 'p@ss/w+rd="1"';

describe('redact', () => {
  const redactor = createRedactor([SECRET, '']);

  test.each([
    ['as it is', SECRET],
    ['escaped for JSON', JSON.stringify({ token: SECRET })],
    ['URL-encoded', encodeURIComponent(SECRET)],
    ['URL-encoded in lower case', encodeURIComponent(SECRET).replace(/%../g, (octet) => octet.toLowerCase())],
    ['in a form', new URLSearchParams({ token: SECRET }).toString()],
  ])('masks a secret %s', (_, text) => {
    const clean = redactor.text(`before ${text} after`);
    expect(clean).toMatch(/^before .* after$/);
    expect(clean).toContain(REDACTED);
    expect(clean).not.toMatch(/ss.{1,3}w.{1,3}rd/);
  });

  test.each(['', 'a', 'ab', 'abc', 'user:', 'someone:'])('masks Base64 of "%s" and the secret', (before) => {
    for (const encoding of ['base64', 'base64url'] as const) {
      const whole = Buffer.from(`${before}${SECRET}:after`).toString(encoding);
      const clean = redactor.text(whole);
      expect(clean).toContain(REDACTED);
      const left = Buffer.from(clean.split(REDACTED).join(''), encoding).toString('latin1');
      expect(left).not.toContain('w+rd');
    }
  });

  test('masks each line of a PEM key except its first line', () => {
    const pem =
      '-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEF\nAASCBKcwggSjAgEAAoIB\n-----END PRIVATE KEY-----';
    const clean = createRedactor([pem]).text(
      'error in -----BEGIN PRIVATE KEY----- at "MIIEvQIBADANBgkqhkiG9w0BAQEF"',
    );
    expect(clean).toBe(`error in -----BEGIN PRIVATE KEY----- at "${REDACTED}"`);
  });

  test('leaves no end of a secret that begins with another one', () => {
    expect(createRedactor(['token', 'token-and-more']).text('token-and-more')).toBe(REDACTED);
  });

  test('keeps ordinary words if a secret is empty or very short', () => {
    expect(createRedactor(['', 'of', '1']).text('1 of many')).toBe('1 of many');
  });

  test('masks a secret that was added later', () => {
    const later = createRedactor([]);
    later.add('ya29.token');
    expect(later.text('Bearer ya29.token')).toBe(`Bearer ${REDACTED}`);
  });

  test('copies an error without its own fields, and keeps code and causes', () => {
    const cause = Object.assign(new Error(`connect with ${SECRET}`), { code: 'ECONNRESET' });
    const error = Object.assign(new Error(`call with ${SECRET}`, { cause }), {
      request: { headers: { authorization: SECRET } },
    });
    const copy = redactor.error(error);
    expect(inspect(copy, { depth: 9, showHidden: true })).not.toContain(SECRET);
    expect(copy.message).toBe(`call with ${REDACTED}`);
    expect(copy.cause).toMatchObject({ message: `connect with ${REDACTED}`, code: 'ECONNRESET' });
    expect(copy.stack).toContain('redact.test.ts');
  });

  test('reports every part of an AggregateError', () => {
    const error = new AggregateError([new Error('connect ::1'), new Error(`connect ${SECRET}`)]);
    expect(redactor.error(error).message).toBe(`connect ::1; connect ${REDACTED}`);
  });

  test('masks log lines at any depth', () => {
    const lines: unknown[] = [];
    const line = (data: object, message: string) => lines.push([data, message]);
    const log = redactor.log({ debug: line, info: line, warn: line, error: line });
    log.warn(
      { tries: [{ url: `https://x/?t=${SECRET}`, status: 500 }], error: new Error(SECRET) },
      `at ${SECRET}`,
    );
    expect(inspect(lines, { depth: 9 })).not.toContain(SECRET);
    expect(lines).toMatchObject([[{ tries: [{ status: 500 }] }, `at ${REDACTED}`]]);
  });
});
