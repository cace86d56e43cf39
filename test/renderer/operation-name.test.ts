import { expect, test } from 'vitest';
import { operationName } from '../../src/renderer/activity/operation-name.ts';

test('an operation reads as words, known or not', () => {
  expect(operationName('dnsCredentials.test')).toBe('DNS credentials, test');
  expect(operationName('newThing.tryItOut')).toBe('new thing, try it out');
});
