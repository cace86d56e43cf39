// Light or dark mode of a page after its transitions: colours change in steps, which take time on a busy machine.
import type { Page } from 'playwright';

export async function showIn(page: Page, colorScheme: 'light' | 'dark'): Promise<void> {
  await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
  await page.evaluate(colorsChanged);
}

/** In the page: waits two frames for the change to start, then until its animations have ended. */
async function colorsChanged(): Promise<void> {
  for (let frame = 0; frame < 2; frame += 1) await new Promise(requestAnimationFrame);
  const ending = document
    .getAnimations()
    .filter((animation) => Number.isFinite(animation.effect?.getComputedTiming().endTime));
  await Promise.allSettled(ending.map(({ finished }) => finished));
}
