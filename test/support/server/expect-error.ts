// What every failed answer of the API has in common.
import { expect } from 'vitest';
import { ERRORS, type ErrorCode } from '../../../src/shared/errors.ts';
import type { Answer } from './app.ts';

/** A failed answer: the catalogue's status for its code, a message, no stack, no other fields. */
export function expectError(answer: Answer, code: ErrorCode): void {
  expect(answer, answer.text).toMatchObject({ status: ERRORS[code].status, body: { success: false, code } });
  expect(Object.keys(answer.body).sort().join()).toMatch(/^code,(details,)?error,success$/);
  expect(String(answer.body.error).length).toBeGreaterThan(3);
  expect(answer.text).not.toMatch(/node_modules|\.ts:|\bat \w+ \(|SQLITE|Zod/);
  expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
}
