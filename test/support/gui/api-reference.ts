// The page at /api/docs. It renders only the operations near the visible part, because there are more than 125 of them.
import type { Locator, Page } from 'playwright';
import { expect } from 'vitest';

/** Scrolls down to an operation. @param name As a screen reader says it: `get /projects`. */
export async function findOperation(page: Page, name: string): Promise<Locator> {
  const operation = page.getByRole('button', { name, exact: true });
  await page.locator('.opblock').first().waitFor();
  await expect
    .poll(() => scrollUnless(page, async () => (await operation.count()) > 0), { timeout: 60_000 })
    .toBe(true);
  return operation;
}

/** Scrolls through the page. @returns the operations, as `get /projects` */
export async function listOperations(page: Page): Promise<readonly string[]> {
  const seen = new Set<string>();
  await page.locator('.opblock').first().waitFor();
  const isAtEnd = () =>
    page.evaluate(() => innerHeight + scrollY >= document.documentElement.scrollHeight - 1);
  const look = async () => {
    const shown = await page.locator('.opblock-summary-control').evaluateAll(labelsOf);
    for (const each of shown) seen.add(each);
    return isAtEnd();
  };
  await expect.poll(() => scrollUnless(page, look), { timeout: 60_000, interval: 20 }).toBe(true);
  return [...seen];
}

async function scrollUnless(page: Page, isDone: () => Promise<boolean>): Promise<boolean> {
  const done = await isDone();
  if (!done) await page.mouse.wheel(0, 300);
  return done;
}

/** In the page. */
const labelsOf = (controls: Element[]): string[] =>
  controls.map((each) =>
    ['.opblock-summary-method', '.opblock-summary-path']
      .map((part) => each.querySelector(part)?.textContent?.trim().replaceAll('\u200b', '') ?? '')
      .join(' ')
      .toLowerCase(),
  );
