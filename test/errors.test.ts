// docs/errors.md, the catalogue and the types of details agree, both ways.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CertdeskError, toCertdeskError } from '../src/main/engine/core/errors.ts';
import { ERRORS, type ErrorCode } from '../src/shared/errors.ts';

const PAGE = readFileSync(new URL('../docs/errors.md', import.meta.url), 'utf8');
const rows = [...PAGE.matchAll(/^\| `([A-Z_]+)` \| (\d{3}) \| (yes|no) \| (.+) \|$/gm)];

describe('the error catalogue', () => {
  it('is printed in docs/errors.md, entry by entry', () => {
    const documented = Object.fromEntries(
      rows.map(([, code, status, retryable, summary]) => [
        code,
        { status: Number(status), retryable: retryable === 'yes', summary },
      ]),
    );
    expect(documented).toEqual(ERRORS);
  });

  it('has a row for each code in docs/troubleshooting.md, and no other codes are there', () => {
    const page = readFileSync(new URL('../docs/troubleshooting.md', import.meta.url), 'utf8');
    const cells = [...page.matchAll(/^\| ((?:`[A-Z_]+` ?)+)\| .{10,} \|$/gm)].map(([, codes = '']) => codes);
    const explained = cells.flatMap((codes) => codes.match(/[A-Z_]+/g) ?? []);
    expect(explained.toSorted()).toEqual(Object.keys(ERRORS).toSorted());
  });

  it('suggests an action in a sentence', () => {
    for (const [code, { summary }] of Object.entries(ERRORS)) expect(summary, code).toMatch(/^[A-Z].*\.$/);
  });
});

describe('the details of each code', () => {
  const source = readFileSync(new URL('../src/main/engine/core/error-details.ts', import.meta.url), 'utf8');
  const fieldsIn = (text: string) => [...text.matchAll(/readonly (\w+)\??:/g)].map(([, name = '']) => name);
  const interfaces = new Map(
    [...source.matchAll(/^(?:export )?interface (\w+) \{\n(.*?)\n\}/gms)].map(([, name = '', body = '']) => [
      name,
      body,
    ]),
  );

  /** From the interface ErrorDetails: a code's type is an interface of the file, or inline. */
  const typed = Object.fromEntries(
    [...(interfaces.get('ErrorDetails') ?? '').matchAll(/^ {2}readonly ([A-Z_]+): (.*?);$/gms)].map(
      ([, code, type = '']) => [code, topFields(interfaces.get(type) ?? type).toSorted()],
    ),
  );
  const documented = Object.fromEntries(
    [...PAGE.matchAll(/^\| ((?:`[A-Z_]+` ?)+) \| (`\w+`: .+) \|$/gm)].flatMap(([, codes = '', fields = '']) =>
      [...codes.matchAll(/[A-Z_]+/g)].map(([code]) => [
        code,
        [...fields.matchAll(/(?:^|; )`(\w+)`: /g)].map(([, name]) => name).toSorted(),
      ]),
    ),
  );

  /** Without the fields of nested objects. */
  function topFields(body: string): string[] {
    return fieldsIn(body.replace(/^ {2}readonly (\w+)(\??): \{.*$/gm, '  readonly $1$2: object;'));
  }

  it('have one shape, and docs/errors.md lists its fields', () => {
    expect(Object.keys(typed).length).toBeGreaterThan(40);
    expect(documented).toEqual(typed);
    expect(Object.keys(ERRORS)).toEqual(expect.arrayContaining(Object.keys(typed)));
  });

  it('are validated when an error is created', () => {
    // @ts-expect-error: the field is another one
    new CertdeskError('WEAK_KEY', 'too short', { size: 512 });
    // @ts-expect-error: this code has no details
    new CertdeskError('NOT_FOUND', 'nothing here', { field: 'id' });
    new CertdeskError('WEAK_KEY', 'too short', { key: 'RSA 512' });
  });

  it('survive rewording the error', () => {
    const error = new CertdeskError('WEAK_KEY', 'too short', { key: 'RSA 512' });
    const again = error.reword('The key is too short.');
    expect(again.toBody()).toEqual({ ...error.toBody(), error: 'The key is too short.' });
    expect(again.cause).toBe(error);
  });
});

describe('CertdeskError', () => {
  it('is unchanged after it was stored as a body', () => {
    const error = new CertdeskError('ACME_REJECTED', 'The CA refused it', { problem: { type: 'x' } });
    const again = CertdeskError.fromBody(JSON.parse(JSON.stringify(error.toBody())));
    expect(again.toBody()).toEqual(error.toBody());
    expect(again.entry.status).toBe(400);
  });

  it('hides foreign errors, and keeps them as the cause', () => {
    const cause = new TypeError('secret internals');
    const error = toCertdeskError(cause);
    expect(error.code satisfies ErrorCode).toBe('INTERNAL');
    expect(JSON.stringify(error.toBody())).not.toContain('secret');
    expect(error.cause).toBe(cause);
  });
});
