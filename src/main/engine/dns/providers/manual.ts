// A person writes the record. dns-01.ts shows what to write, waits until it is there or the person says so, and
// shows what to remove.
import { defineDnsProvider } from './provider.ts';
import { readTxtRef, txtRefFor } from './txt-ref.ts';

export const manual = defineDnsProvider({
  id: 'manual',
  name: 'By hand',
  docs: 'https://letsencrypt.org/docs/challenge-types/#dns-01-challenge',
  permissions:
    'None: each time, a person writes the TXT record that is shown. Renewals wait for that person too.',
  credentials: [],
  propagation: { timeout: 3600, interval: 10 },
  create() {
    return {
      byHand: true,
      zoneOptional: true,
      async addTxt(record) {
        return txtRefFor(record);
      },
      async removeTxt(ref) {
        readTxtRef(ref);
      },
      refFor: txtRefFor,
    };
  },
});
