// The provider for manual DNS: the user creates the record. dns-01.ts shows the record, waits until it exists or the user
// confirms it, and afterwards asks the user to remove it.
import { defineDnsProvider } from './provider.ts';
import { readTxtRef, txtRefFor } from './txt-ref.ts';

export const manual = defineDnsProvider({
  id: 'manual',
  name: 'Manual',
  docs: 'https://letsencrypt.org/docs/challenge-types/#dns-01-challenge',
  permissions: 'None. You create the TXT record yourself, now and at every renewal.',
  credentials: [],
  propagation: { timeout: 3600, interval: 10 },
  create() {
    return {
      manual: true,
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
