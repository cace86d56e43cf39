// The violations that axe finds on a page, in light and in dark: every rule in both. It runs in the page itself:
// AxeBuilder of @axe-core/playwright merges each result in a separate tab, for frames that Certdesk's pages do not
// have, and takes ten times as long.
import axe, { type RunOptions } from 'axe-core';
import type { Page } from 'playwright';
import { showIn } from './color-scheme.ts';

interface Violation {
  readonly id: string;
  readonly htmls: readonly string[];
}

/** @returns one line for each violation, with the beginning of its element. @throws if there are frames. */
export async function axeViolations(page: Page): Promise<readonly string[]> {
  if (page.frames().length > 1) throw new Error('axe looks into no frame here, and the page has some');
  const found: string[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    await showIn(page, colorScheme);
    if (await page.evaluate(() => !('axe' in window))) await page.evaluate(axe.source);
    // No selectors of passed checks: they take longer than the rules. Every rule runs nevertheless.
    const violations = await page.evaluate<readonly Violation[], RunOptions>(runAxe, {
      resultTypes: ['violations'],
    });
    found.push(
      ...violations.map(
        ({ id, htmls }) => `${colorScheme} ${id}: ${htmls.map((html) => html.slice(0, 150)).join(' | ')}`,
      ),
    );
  }
  return found;
}

/** In the page. @returns each violated rule, and the HTML of the element. */
async function runAxe(options: RunOptions): Promise<readonly Violation[]> {
  const inPage: typeof axe = Reflect.get(window, 'axe');
  const { violations } = await inPage.run(options);
  return violations.map(({ id, nodes }) => ({ id, htmls: nodes.map(({ html }) => html) }));
}
