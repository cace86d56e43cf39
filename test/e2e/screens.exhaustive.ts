// Every screen and every main dialog, in a large, a small and a narrow window.
import { SCREENS, testScreens } from '../support/gui/screens.ts';
import { describeWith } from '../support/tools/tools.ts';

describeWith(['pebble', 'chromium'], 'every screen', () => {
  testScreens(SCREENS, [1280, 900, 400]);
});
