// Every screen and every main dialog in windows of several widths.
import { SCREENS } from '../support/gui/screens.ts';
import { testScreens } from '../support/gui/test-screens.ts';
import { describeWith } from '../support/tools/tools.ts';

describeWith(['pebble', 'chromium'], 'every screen', () => {
  testScreens(SCREENS, [
    { width: 900, height: 900, axe: true },
    { width: 1280, height: 900, axe: true },
    { width: 1920, height: 1080, axe: false },
  ]);
});
