import { expect, test } from 'vitest';
import { suggestsResolversOnly } from '../../src/renderer/ui/failure-details.ts';
import type { ErrorBody } from '../../src/shared/errors.ts';

const body = (details: unknown): ErrorBody =>
  ({ success: false, code: 'DNS_PROPAGATION_TIMEOUT', error: 'It did not show.', details }) as ErrorBody;

test('offers to ask only resolvers where the error suggests that setting, and nowhere else', () => {
  const suggestedSetting = { section: 'dns', propagationCheck: 'resolvers' };
  expect(suggestsResolversOnly(body({ suggestedSetting }))).toBe(true);
  expect(suggestsResolversOnly(body({ servers: [] }))).toBe(false);
  expect(suggestsResolversOnly(body(null))).toBe(false);
});
