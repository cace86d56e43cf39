// The window's options as data, so that a test can check each security option. Electron's security list:
// https://www.electronjs.org/docs/latest/tutorial/security
import type { WindowPlace } from './window-place.ts';

/** Most are Electron's defaults, stated here so that a change of defaults has no effect. */
const SAFE_PREFERENCES = {
  contextIsolation: true,
  sandbox: true,
  nodeIntegration: false,
  nodeIntegrationInWorker: false,
  nodeIntegrationInSubFrames: false,
  webSecurity: true,
  allowRunningInsecureContent: false,
  experimentalFeatures: false,
  webviewTag: false,
  navigateOnDragDrop: false,
  spellcheck: false, // it would download dictionaries
} as const;

const MIN_WIDTH = 900;
const MIN_HEIGHT = 600;

export interface WindowOptions {
  readonly preload: string;
  readonly icon: string;
  readonly place: WindowPlace;
}

export function windowOptions({ preload, icon, place }: WindowOptions) {
  return {
    width: place.width,
    height: place.height,
    ...(place.x === null || place.y === null ? {} : { x: place.x, y: place.y }),
    minWidth: MIN_WIDTH,
    minHeight: MIN_HEIGHT,
    title: 'Certdesk',
    icon,
    show: false,
    autoHideMenuBar: true,
    webPreferences: { ...SAFE_PREFERENCES, preload },
  };
}
