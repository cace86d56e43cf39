// What the desktop application remembers from one start to the next: where its window was, and of what it has told.
import type { Json } from '../core/model.ts';
import type { Clock } from '../core/ports.ts';
import type { Stores } from '../core/stores.ts';

export interface DesktopNotes {
  windowPlace(): Promise<Json>;
  keepWindowPlace(place: Json): Promise<void>;
  /**
   * Whether something may be told now: true once, then false until `forMs` have passed, whatever is restarted between.
   * @param key What is told: `failed:PROJECT`. @param forMs For how long it is not told again; at most 100 days.
   */
  mayTell(key: string, forMs: number): Promise<boolean>;
}

const PLACE = 'desktop:window-place';
const TOLD = 'desktop:told';

export function createDesktopNotes(stores: Stores, clock: Clock): DesktopNotes {
  return {
    windowPlace: () => stores.settings.get(PLACE),
    keepWindowPlace: (place) => stores.settings.set(PLACE, place),
    mayTell: (key, forMs) =>
      stores.transaction(async ({ settings }) => {
        const now = clock.now().getTime();
        const before = readUntil(await settings.get(TOLD)).filter(([, until]) => until > now);
        // A clock that was set back must not silence for ever: nothing is kept for longer than was asked.
        if (before.some(([told, until]) => told === key && until - now <= forMs)) return false;
        const rest = before.filter(([told]) => told !== key);
        await settings.set(TOLD, Object.fromEntries([...rest, [key, now + forMs]]));
        return true;
      }),
  };
}

/** Key and when it may be told again, in ms. */
function readUntil(kept: Json): readonly (readonly [string, number])[] {
  if (typeof kept !== 'object' || kept === null) return [];
  return Object.entries(kept).flatMap(([key, until]) =>
    typeof until === 'number' ? [[key, until] as const] : [],
  );
}
