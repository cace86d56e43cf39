// docs/errors.md and the catalogue agree, both ways.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CertdeskError, toCertdeskError } from '../src/main/engine/core/errors.ts';
import { ERRORS, type ErrorCode } from '../src/shared/errors.ts';

const PAGE = readFileSync(new URL('../docs/errors.md', import.meta.url), 'utf8');
const rows = [...PAGE.matchAll(/^\| `([A-Z_]+)` \| (\d{3}) \| (yes|no) \| (.+) \|$/gm)];

describe('the error catalogue', () => {
  it('stands in docs/errors.md, entry by entry', () => {
    const documented = Object.fromEntries(
      rows.map(([, code, status, retryable, summary]) => [
        code,
        { status: Number(status), retryable: retryable === 'yes', summary },
      ]),
    );
    expect(documented).toEqual(ERRORS);
  });

  it('says something to do, in a sentence', () => {
    for (const [code, { summary }] of Object.entries(ERRORS)) expect(summary, code).toMatch(/^[A-Z].*\.$/);
  });
});

describe('CertdeskError', () => {
  it('is the same after it has been stored as a body', () => {
    const error = new CertdeskError('CHALLENGE_FAILED', 'HTTP-01 challenge failed', {
      problem: { type: 'x' },
    });
    const again = CertdeskError.fromBody(JSON.parse(JSON.stringify(error.toBody())));
    expect(again.toBody()).toEqual(error.toBody());
    expect(again.entry.status).toBe(400);
  });

  it('hides what is no error of ours, and keeps it as the cause', () => {
    const cause = new TypeError('secret internals');
    const error = toCertdeskError(cause);
    expect(error.code satisfies ErrorCode).toBe('INTERNAL');
    expect(JSON.stringify(error.toBody())).not.toContain('secret');
    expect(error.cause).toBe(cause);
  });
});
