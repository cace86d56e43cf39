// Stores what the desktop application remembers between starts: its window position and its recent notifications.
import type { Json } from '../core/model.ts';
import type { Clock } from '../core/ports.ts';
import type { Stores } from '../core/stores.ts';

export interface DesktopState {
  windowPlace(): Promise<Json>;
  saveWindowPlace(place: Json): Promise<void>;
  /**
   * Whether the user may be notified of something now: true once, then false until `forMs` have passed, even after
   * restarts.
   * @param key Identifies the notification, such as `failed:PROJECT`.
   * @param forMs How long the notification is not repeated; at most 100 days.
   */
  mayNotify(key: string, forMs: number): Promise<boolean>;
}

const PLACE = 'desktop:window-place';
const NOTIFIED = 'desktop:notified';

export function createDesktopState(stores: Stores, clock: Clock): DesktopState {
  return {
    windowPlace: () => stores.settings.get(PLACE),
    saveWindowPlace: (place) => stores.settings.set(PLACE, place),
    mayNotify: (key, forMs) =>
      stores.transaction(async ({ settings }) => {
        const now = clock.now().getTime();
        const before = readUntil(await settings.get(NOTIFIED)).filter(([, until]) => until > now);
        // A clock that was set back must not silence notifications for ever: no entry counts for longer than
        // requested.
        if (before.some(([notified, until]) => notified === key && until - now <= forMs)) return false;
        const rest = before.filter(([notified]) => notified !== key);
        await settings.set(NOTIFIED, Object.fromEntries([...rest, [key, now + forMs]]));
        return true;
      }),
  };
}

/** Pairs of a key and the time in milliseconds from which it may be notified again. */
function readUntil(stored: Json): readonly (readonly [string, number])[] {
  if (typeof stored !== 'object' || stored === null) return [];
  return Object.entries(stored).flatMap(([key, until]) =>
    typeof until === 'number' ? [[key, until] as const] : [],
  );
}
