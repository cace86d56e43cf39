// Loads a screen's code when it is first shown.
import { lazyRouteComponent } from '@tanstack/react-router';

/** A screen's code could not be loaded: the server is unreachable, or was updated and has other file names. */
export class ScreenNotLoaded extends Error {}

/**
 * Wraps the loader of a screen. The router alone would reload the page if a file is missing, which shows a blank page
 * if the server is down. Here the screen reports the error (crash.tsx), and the rest of the page stays usable.
 */
export function lazyScreen<T extends Record<string, unknown>, K extends keyof T & string>(
  load: () => Promise<T>,
  name: K,
) {
  return lazyRouteComponent(
    () =>
      load().catch((cause: unknown) => {
        throw new ScreenNotLoaded('This page could not be loaded', { cause });
      }),
    name,
  );
}
