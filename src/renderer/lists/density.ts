// The density of all lists: comfortable or compact rows. The browser remembers it.
import { createStore } from '../store.ts';
import { useStore } from '../use-store.ts';

export type Density = 'comfortable' | 'compact';

const STORED_AS = 'certdesk-density';

const store = createStore<Density>(read());
apply(store.get());

export const useDensity = (): Density => useStore(store);

export function setDensity(density: Density): void {
  try {
    globalThis.localStorage?.setItem(STORED_AS, density);
  } catch {
    // Without storage the choice lasts until the page is closed.
  }
  apply(density);
  store.set(density);
}

function read(): Density {
  try {
    return globalThis.localStorage?.getItem(STORED_AS) === 'compact' ? 'compact' : 'comfortable';
  } catch {
    return 'comfortable';
  }
}

/** For lists.module.css. */
function apply(density: Density): void {
  globalThis.document?.documentElement.setAttribute('data-density', density);
}
