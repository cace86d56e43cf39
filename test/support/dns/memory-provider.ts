// A DNS provider in memory, for tests of the layers above the providers.
import type { DnsProvider, DnsZone, TxtRecord } from '../../../src/main/engine/dns/providers/provider.ts';

export interface MemoryProvider extends DnsProvider {
  /** Every call, in order: `add NAME VALUE`, `remove NAME VALUE`, `list`. */
  readonly calls: string[];
  /** `NAME VALUE` */
  readonly records: Set<string>;
  /** Called before each call takes effect; may throw or wait. */
  before: (call: string) => Promise<void>;
}

export function createMemoryProvider(
  zones: readonly DnsZone[] | null,
  more: Partial<DnsProvider> = {},
): MemoryProvider {
  const calls: string[] = [];
  const records = new Set<string>();
  const call = async (text: string): Promise<void> => {
    calls.push(text);
    await self.before(text);
  };
  const key = ({ name, value }: TxtRecord) => `${name} ${value}`;
  const self: MemoryProvider = {
    calls,
    records,
    before: async () => {},
    ...(zones === null
      ? {}
      : {
          async listZones() {
            await call('list');
            return zones;
          },
        }),
    async addTxt(record) {
      await call(`add ${key(record)}`);
      records.add(key(record));
      return { key: key(record) };
    },
    async removeTxt(ref) {
      const text = typeof ref === 'object' && ref !== null && 'key' in ref ? String(ref.key) : '';
      await call(`remove ${text}`);
      records.delete(text);
    },
    ...more,
  };
  return self;
}
