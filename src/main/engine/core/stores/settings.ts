// The interface of the key-value store for settings and internal state.
import type { Json } from '../model.ts';

export interface SettingStore {
  get(key: string): Promise<Json>;
  set(key: string, value: Json): Promise<void>;
}
