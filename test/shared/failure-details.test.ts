import { expect, test } from 'vitest';
import { ERRORS, type ErrorBody } from '../../src/shared/errors.ts';
import { hintOf, suggestsResolversOnly } from '../../src/shared/failure-details.ts';

const body = (details: unknown): ErrorBody =>
  ({ success: false, code: 'DNS_PROPAGATION_TIMEOUT', error: 'It did not show.', details }) as ErrorBody;

test('offers to ask only resolvers if the error suggests that setting, and never otherwise', () => {
  const suggestedSetting = { section: 'dns', propagationCheck: 'resolvers' };
  expect(suggestsResolversOnly(body({ suggestedSetting }))).toBe(true);
  expect(suggestsResolversOnly(body({ servers: [] }))).toBe(false);
  expect(suggestsResolversOnly(body(null))).toBe(false);
});

test('shows no hint twice beside an error, and none that only API callers can follow', () => {
  const error = (code: ErrorBody['code'], sentence: string, details?: ErrorBody['details']) =>
    hintOf({ success: false, error: sentence, code, ...(details === undefined ? {} : { details }) });
  const { summary } = ERRORS.PASSPHRASE_WRONG;
  expect(error('PASSPHRASE_WRONG', 'It does not open.')).toBe(summary);
  expect(error('PASSPHRASE_WRONG', `${summary} Try again.`)).toBeNull();
  expect(error('INVALID_REQUEST', 'passphrase: must have at least 12 characters')).toBeNull();
  expect(error('INVALID_REQUEST', 'no', { advice: 'Do this.' })).toBe('Do this.');
  for (const code of Object.keys(ERRORS) as ErrorBody['code'][]) {
    expect(error(code, '') ?? '').not.toMatch(/\bdetails\b|GET \/|POST \//i);
  }
});
