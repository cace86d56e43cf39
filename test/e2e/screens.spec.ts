// The most used screens. test/e2e/screens.exhaustive.ts has all of them at every width.
import { SCREENS } from '../support/gui/screens.ts';
import { testScreens } from '../support/gui/test-screens.ts';
import { describeWith } from '../support/tools/tools.ts';

const MAIN = [
  'overview',
  'projects',
  'project',
  'new-http',
  'job-failed',
  'host-changed-key',
  'deployment',
  'deploy',
  'settings',
  'export',
  'signed-out',
];

describeWith(['pebble', 'chromium'], 'the main screens', () => {
  testScreens(
    SCREENS.filter(({ name }) => MAIN.includes(name)),
    [
      { width: 400, height: 900, axe: true },
      { width: 1280, height: 900, axe: true },
    ],
  );
});
