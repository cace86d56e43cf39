// What axe finds on a page, in light and in dark: every rule in both.
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright';
import { showIn } from './color-scheme.ts';

/** @returns one line for each violation, with the beginning of what it is found in. */
export async function axeViolations(page: Page): Promise<readonly string[]> {
  const found: string[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    await showIn(page, colorScheme);
    const { violations } = await new AxeBuilder({ page }).analyze();
    found.push(
      ...violations.map(
        ({ id, nodes }) => `${colorScheme} ${id}: ${nodes.map(({ html }) => html.slice(0, 150)).join(' | ')}`,
      ),
    );
  }
  return found;
}
