import { expect, test } from 'vitest';
import { appRouter } from '../../src/main/api/router.ts';
import { operationName } from '../../src/renderer/activity/operation-name.ts';
import { activity as activityTexts } from '../../src/renderer/messages/activity.ts';

test('describes known and unknown operations in words', () => {
  expect(operationName('dnsCredentials.test')).toBe('Test DNS credential');
  expect(operationName('newThing.tryItOut')).toBe('New thing, try it out');
});

test('describes every operation that changes something', () => {
  const all: object = appRouter._def.procedures;
  const changing = Object.entries(all).flatMap(([name, { _def }]) =>
    _def.type === 'mutation' ? [name] : [],
  );
  expect(changing.length).toBeGreaterThan(20);
  const known = Object.keys(activityTexts.operations);
  expect(changing.filter((name) => !known.includes(name))).toEqual([]);
});
