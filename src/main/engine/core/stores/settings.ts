// The store of settings and other single values, by key.
import type { Json } from '../model.ts';

export interface SettingStore {
  get(key: string): Promise<Json>;
  set(key: string, value: Json): Promise<void>;
}
