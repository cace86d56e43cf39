// node scripts/icons.mjs: redraws every icon of the installers and the tray. They are checked in.
import { requireNode24 } from '../bin/node-version.mjs';

requireNode24();
import('./lib/icons.ts').then(({ drawIcons }) => drawIcons());
