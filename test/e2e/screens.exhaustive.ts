// Every screen and every main dialog from the narrowest window of WCAG 1.4.10 to a large one, and at 200 % zoom.
import { SCREENS } from '../support/gui/screens.ts';
import { testScreens } from '../support/gui/test-screens.ts';
import { describeWith } from '../support/tools/tools.ts';

describeWith(['pebble', 'chromium'], 'every screen', () => {
  testScreens(SCREENS, [
    { width: 320, height: 640, axe: false },
    { width: 400, height: 900, axe: true },
    { width: 640, height: 450, axe: false }, // 1280 x 900 at 200 % zoom
    { width: 768, height: 1024, axe: false },
    { width: 1280, height: 900, axe: true },
    { width: 1920, height: 1080, axe: false },
  ]);
});
