// What the doctor assumes about a CA: the same as a request would.
import { expect, it } from 'vitest';
import { describeCa } from '../../../src/main/engine/doctor/ca-facts.ts';

const capability = (names: readonly string[], profile: string | null = null) =>
  describeCa({ ca: 'letsencrypt', staging: false, profile, names }, {}).capability;

it('knows that a request for an IP address selects the profile that the CA demands', () => {
  expect(capability(['203.0.113.7'])).toMatchObject({ ipAddresses: true, maxNames: 25 });
  expect(capability(['2606:4700::1', 'example.com'])).toMatchObject({ ipAddresses: true, maxNames: 25 });
  expect(capability(['203.0.113.7'], 'classic')).toMatchObject({ ipAddresses: false, maxNames: 100 });
  expect(capability(['example.com'])).toMatchObject({ maxNames: 100 });
  expect(capability(['example.com'], 'tlsserver')).toMatchObject({ maxNames: 25 });
});
