// A screen whose code is loaded when it is first shown.
import { lazyRouteComponent } from '@tanstack/react-router';

/** The code of a screen did not come: the server is gone, or is a newer one, whose files have other names. */
export class ScreenNotLoaded extends Error {}

/**
 * The router alone would load the page again where a file is missing, and with the server gone nothing would be left of
 * it: here the screen says so (crash.tsx), and the rest of the page stays.
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
