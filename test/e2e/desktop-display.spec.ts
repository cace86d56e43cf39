// The window on a display, as a user sees it: a picture of the whole screen.
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { ensureBuilt } from '../../scripts/lib/build.ts';
import { ON } from '../support/electron/launch.ts';
import { createDesktopRig } from '../support/electron/rig.ts';
import { countColours, savePng, startDisplay } from '../support/gui/xvfb.ts';
import { describeWith } from '../support/tools/tools.ts';

const PICTURES = resolve(import.meta.dirname, '../../.tools/screenshots');

describeWith(['chromium', 'xvfb'], `the desktop application on a display, ${ON}`, () => {
  it('shows its window', async () => {
    expect(await ensureBuilt()).toBeNull();
    await mkdir(PICTURES, { recursive: true });
    const display = await startDisplay();
    const rig = await createDesktopRig(() => ['--challenge-port', '0']);
    try {
      expect(countColours(await display.readScreen())).toBeLessThan(5);
      await rig.start({ headed: true, env: { DISPLAY: display.name } });
      const page = await rig.page();
      await page.getByText('Live', { exact: true }).waitFor();
      await expect.poll(async () => countColours(await display.readScreen())).toBeGreaterThan(50);
      await savePng(await display.readScreen(), join(PICTURES, 'desktop-display.png'));
    } finally {
      await rig.stop();
      await display.stop();
    }
  }, 120_000);
});
