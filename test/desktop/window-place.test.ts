// The position of the window at startup.
import { describe, expect, it, test } from 'vitest';
import { FIRST_PLACE, placeWindow } from '../../src/main/desktop/window-place.ts';

describe('the window position', () => {
  const screens = [{ x: 0, y: 0, width: 1920, height: 1080 }];
  const kept = { x: 100, y: 50, width: 1000, height: 700, maximized: false };

  it('is restored', () => expect(placeWindow(kept, screens)).toEqual(kept));
  test.each([
    ['on a screen that is gone', { ...kept, x: 2_500 }],
    ['below the screen', { ...kept, y: 1_070 }],
    ['above it, where its title bar cannot be reached', { ...kept, y: -200 }],
  ])('that was %s restores the size only', (_, place) =>
    expect(placeWindow(place, screens)).toEqual({ ...kept, x: null, y: null }),
  );
  test.each([
    [null],
    [undefined],
    ['x'],
    [{}],
    [{ ...kept, width: 'wide' }],
    [{ ...kept, height: Number.NaN }],
    [{ ...kept, width: 3 }],
  ])('stored as %j is replaced by the default', (place) =>
    expect(placeWindow(place, screens)).toEqual(FIRST_PLACE),
  );
});
