import { expect, test } from 'vitest';
import { explainError } from '../../src/main/cli/explain-error.ts';
import type { ErrorBody } from '../../src/shared/errors.ts';

const body = (details: unknown, error = 'It failed.'): ErrorBody =>
  ({ success: false, code: 'CHALLENGE_FAILED', error, details }) as ErrorBody;

test('names each name that the CA could not validate, with what to do and the reason of the CA', () => {
  const failures = [
    { name: 'a.example.com', advice: 'Open port 80.', problem: { detail: 'Connection refused' } },
    { name: 'b.example.com', advice: null, problem: { detail: 'NXDOMAIN' } },
    { name: 'c.example.com', advice: null, problem: null },
  ];
  expect(explainError(body({ failures }))).toEqual([
    '  a.example.com: Open port 80.',
    '    The CA says: Connection refused',
    '  b.example.com: NXDOMAIN',
    '  c.example.com: the CA gave no reason',
  ]);
});

test('gives the advice of other errors, unless their message has it', () => {
  expect(explainError(body({ advice: 'Create a token.' }))).toEqual(['  Create a token.']);
  expect(explainError(body({ advice: 'Create a token.' }, 'Refused. Create a token.'))).toEqual([]);
  expect(explainError(body({ host: 'x' }))).toEqual([]);
  expect(explainError(null)).toEqual([]);
});
