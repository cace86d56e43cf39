// What axe finds on a page: every rule in light, and in dark the one that colours can break.
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright';

/** @returns one line for each violation, with the beginning of what it is found in. */
export async function axeViolations(page: Page): Promise<readonly string[]> {
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  const light = await new AxeBuilder({ page }).analyze();
  await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
  await page.waitForTimeout(250); // colours change in steps
  const dark = await new AxeBuilder({ page }).withRules(['color-contrast']).analyze();
  return Object.entries({ light, dark }).flatMap(([scheme, { violations }]) =>
    violations.map(
      ({ id, nodes }) => `${scheme} ${id}: ${nodes.map(({ html }) => html.slice(0, 150)).join(' | ')}`,
    ),
  );
}
