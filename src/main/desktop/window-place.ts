// Restores the position of the window if it is still on a screen.

export interface WindowPlace {
  /** Null lets the system choose. */
  readonly x: number | null;
  readonly y: number | null;
  readonly width: number;
  readonly height: number;
  readonly maximized: boolean;
}

export interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export const FIRST_PLACE: WindowPlace = { x: null, y: null, width: 1200, height: 800, maximized: false };

/** How much of the window must be visible, in pixels, so that the user can find and move it. */
const GRIP = 100;

/** @param kept The saved position, before validation. @param screens The work areas of the current screens. */
export function placeWindow(kept: unknown, screens: readonly Area[]): WindowPlace {
  const read = readPlace(kept);
  if (read === null) return FIRST_PLACE;
  const { x, y } = read;
  const seen = x !== null && y !== null && screens.some((screen) => isSeen({ ...read, x, y }, screen));
  return seen ? read : { ...read, x: null, y: null };
}

function isSeen(place: Area, screen: Area): boolean {
  const across = Math.min(place.x + place.width, screen.x + screen.width) - Math.max(place.x, screen.x);
  const titleBar = place.y >= screen.y - 10 && place.y <= screen.y + screen.height - GRIP;
  return across >= GRIP && titleBar;
}

function readPlace(kept: unknown): WindowPlace | null {
  if (typeof kept !== 'object' || kept === null) return null;
  const number = (key: string): number | null => {
    const value: unknown = Reflect.get(kept, key);
    return typeof value === 'number' && Number.isFinite(value) ? Math.round(value) : null;
  };
  const [width, height] = [number('width'), number('height')];
  if (width === null || height === null || width < 200 || height < 200) return null;
  const maximized = Reflect.get(kept, 'maximized') === true;
  return { x: number('x'), y: number('y'), width, height, maximized };
}
