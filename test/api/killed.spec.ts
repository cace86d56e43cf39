// The server is killed at requests to the CA: a sample. killed.exhaustive.ts has all moments.
import { testKilledRequests } from '../support/kill/test-killed-requests.ts';
import { describeWith } from '../support/tools/tools.ts';

describeWith('pebble', 'a killed server recovers', () => {
  testKilledRequests({
    issuance: [
      { at: '/order-plz', done: true },
      { at: '/chalZ', done: false },
      { at: '/finalize-order', done: true },
      { at: '/certZ', done: false },
    ],
    renewal: [{ at: '/certZ', done: true }],
    revocation: [{ at: '/revoke-cert', done: true }],
  });
});
