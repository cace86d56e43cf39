// The zones and TXT records of a stand-in, in the format of its API.
import { randomBytes } from 'node:crypto';

export interface TableRecord {
  readonly id: string;
  /** Lower case, no trailing dot. */
  readonly name: string;
  /** In the format of the API: with quotes or without. */
  readonly data: string;
  readonly ttl: number;
}

export interface TableZone {
  readonly id: string;
  readonly name: string;
  readonly private: boolean;
  records: readonly TableRecord[];
}

/** Called with every change, for a real DNS server: all the values of the name, without quotes. */
export type OnChange = (zone: string, name: string, values: readonly string[]) => void | Promise<void>;

/** How the API writes a TXT value. */
export interface Presentation {
  encode(value: string): string;
  decode(data: string): string;
}

export interface ZoneTable {
  /** In the order in which they were added. */
  list(): readonly TableZone[];
  add(name: string, options?: { readonly private?: boolean; readonly id?: string }): TableZone;
  /** Deletes the zone. */
  drop(zone: TableZone): void;
  /** By id or by name. */
  find(key: string): TableZone | undefined;
  /** The records of one name. */
  records(zone: TableZone, name: string): readonly TableRecord[];
  /** Replaces all records of the name, and calls `onChange`. */
  replace(zone: TableZone, name: string, records: readonly Omit<TableRecord, 'id' | 'name'>[]): Promise<void>;
  insert(zone: TableZone, record: Omit<TableRecord, 'id'>): Promise<TableRecord>;
  remove(zone: TableZone, id: string): Promise<boolean>;
  /** Like a user in the provider's console. */
  putValue(name: string, value: string, ttl?: number): Promise<void>;
  /** Removes every value of the name, like a user. */
  clear(name: string): Promise<void>;
  /** The values of a name without quotes, sorted. */
  values(name: string): readonly string[];
}

export const PLAIN: Presentation = { encode: (value) => value, decode: (data) => data };
export const QUOTED: Presentation = {
  encode: (value) => JSON.stringify(value),
  decode: (data) => [...data.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map((part) => JSON.parse(part[0])).join(''),
};

/** @param newId Creates ids of zones and records in the format of the API; default: 32 hexadecimal digits. */
export function createZoneTable(
  presentation: Presentation,
  onChange: OnChange = () => {},
  newId: () => string = () => randomBytes(16).toString('hex'),
): ZoneTable {
  const zones: TableZone[] = [];
  const under = (name: string) =>
    zones
      .filter((zone) => !zone.private && (name === zone.name || name.endsWith(`.${zone.name}`)))
      .sort((a, b) => b.name.length - a.name.length)[0];
  const of = (zone: TableZone, name: string) => zone.records.filter((record) => record.name === name);
  const report = async (zone: TableZone, name: string) => {
    await onChange(
      zone.name,
      name,
      of(zone, name).map((record) => presentation.decode(record.data)),
    );
  };

  const table: ZoneTable = {
    list: () => zones,
    add(name, options = {}) {
      const zone = { id: options.id ?? newId(), name, private: options.private ?? false, records: [] };
      zones.push(zone);
      return zone;
    },
    drop(zone) {
      zones.splice(zones.indexOf(zone), 1);
    },
    find: (key) => zones.find((zone) => zone.id === key || zone.name === key),
    records: of,
    async replace(zone, name, records) {
      const rest = zone.records.filter((record) => record.name !== name);
      zone.records = [...rest, ...records.map(({ data, ttl }) => ({ id: newId(), name, data, ttl }))];
      await report(zone, name);
    },
    async insert(zone, record) {
      const made = { id: newId(), ...record };
      zone.records = [...zone.records, made];
      await report(zone, made.name);
      return made;
    },
    async remove(zone, id) {
      const gone = zone.records.find((record) => record.id === id);
      if (gone === undefined) return false;
      zone.records = zone.records.filter((record) => record !== gone);
      await report(zone, gone.name);
      return true;
    },
    async putValue(name, value, ttl = 3600) {
      const zone = under(name);
      if (zone === undefined) throw new Error(`no zone for ${name}`);
      await table.insert(zone, { name, data: presentation.encode(value), ttl });
    },
    async clear(name) {
      const zone = under(name);
      if (zone !== undefined) await table.replace(zone, name, []);
    },
    values(name) {
      const zone = under(name);
      return (zone === undefined ? [] : of(zone, name))
        .map((record) => presentation.decode(record.data))
        .sort();
    },
  };
  return table;
}
