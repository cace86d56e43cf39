// node scripts/icons.mjs: draws every icon of the installers and of the tray anew (they are checked in).
import { requireNode24 } from './node-version.mjs';

requireNode24();
import('./lib/icons.ts').then(({ drawIcons }) => drawIcons());
