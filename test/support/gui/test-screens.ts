// The tests of screens: axe violations in light and dark, scrolling sideways and overlaps at each width, and a screenshot.
import type { Page } from 'playwright';
import { describe, expect, it } from 'vitest';
import { startPebble } from '../acme/pebble.ts';
import { startWebhookReceiver } from '../engine/webhook-receiver.ts';
import { axeViolations } from './axe.ts';
import { layoutFaults } from './layout-faults.ts';
import { populate } from './screen-data.ts';
import type { Screen } from './screens.ts';
import { startGuiApp, useGui } from './use-gui.ts';

/** A window, in CSS pixels. At 200 % zoom, a window has half of its pixels. */
export interface Window {
  readonly width: number;
  readonly height: number;
  /** Whether axe runs in it. */
  readonly axe: boolean;
}

/** Call it inside describeWith(['pebble', 'chromium'], …). Pictures are taken at 1280. */
export function testScreens(screens: readonly Screen[], windows: readonly Window[]): void {
  let ids: Readonly<Record<string, string>>;

  const gui = useGui(async (onStop) => {
    const pebble = await startPebble();
    onStop(() => pebble.stop());
    const chat = await startWebhookReceiver();
    onStop(() => chat.stop());
    const app = await startGuiApp({ pebble });
    ids = await populate(app, { pebble, chat });
    return app;
  });

  describe.each(screens)('$name', (screen) => {
    it('passes axe, does not scroll sideways, and overlaps nothing', async () => {
      await gui.page.setViewportSize({ width: 1280, height: 900 });
      await gui.page.goto(`${gui.app.app.address}/icon.svg`); // closes everything of the previous screen
      await gui.open(screen.path.replace(/\b[A-Z]+\b/g, (word) => ids[word] ?? word));
      await show(screen, gui.page);
      await gui.takeScreenshots(screen.name);
      for (const { width, height, axe } of windows) {
        await gui.page.setViewportSize({ width, height });
        if (axe) expect(await axeViolations(gui.page), `axe at ${width} px`).toEqual([]);
        // Mantine and the virtual lists follow a new width after a frame or two.
        const asked = { message: `layout at ${width} px`, timeout: 60_000 };
        await expect.poll(() => layoutFaults(gui.page), asked).toEqual([]);
      }
    });
  });
}

/** Waits for the screen's content, and does what it says. */
export async function show({ act }: Screen, page: Page): Promise<void> {
  await page.getByRole('heading', { level: 1 }).waitFor();
  const loading = page.getByRole('status', { name: 'Loading' });
  await expect.poll(() => loading.count()).toBe(0);
  await act?.(page);
}
