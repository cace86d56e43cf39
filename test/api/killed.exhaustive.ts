// The server is killed at every request to the CA, before and after the CA has carried it out.
import { type KillMoment, testKilledRequests } from '../support/kill/test-killed-requests.ts';
import { describeWith } from '../support/tools/tools.ts';

const both = (paths: readonly string[]): readonly KillMoment[] =>
  paths.flatMap((at) => [false, true].map((done) => ({ at, done })));

describeWith('pebble', 'a killed server recovers', () => {
  testKilledRequests({
    issuance: both(['/sign-me-up', '/order-plz', '/authZ', '/chalZ', '/finalize-order', '/certZ']),
    renewal: both(['/order-plz', '/certZ']),
    revocation: both(['/revoke-cert']),
  });
});
