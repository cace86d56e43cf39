import { expect, it } from 'vitest';
import { propagationOf } from '../../../src/main/engine/challenges/registry.ts';
import { DEFAULT_SETTINGS } from '../../../src/shared/settings.ts';

const suggested = { timeout: 120, interval: 4 };

it('takes the suggestions of the provider, and public resolvers for the final check, if nothing is set', () => {
  expect(propagationOf(suggested, DEFAULT_SETTINGS.dns)).toEqual({
    timeout: 120,
    interval: 4,
    ask: 'authoritative',
    publicResolvers: ['1.1.1.1', '8.8.8.8', '9.9.9.9'],
  });
});

it('takes the settings instead', () => {
  const set = {
    propagationTimeout: 600,
    propagationInterval: 0.5,
    propagationCheck: 'resolvers' as const,
    publicResolvers: [],
  };
  expect(propagationOf(suggested, set)).toEqual({
    timeout: 600,
    interval: 0.5,
    ask: 'resolvers',
    publicResolvers: [],
  });
});
