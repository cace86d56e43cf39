// The icon in the system's tray and its menu: what tray-view.ts decides, shown.
import { join } from 'node:path';
import { Menu, type MenuItemConstructorOptions, nativeImage, Tray } from 'electron';
import type { TrayCommand, TrayIcon, TrayItem, TrayView } from '../desktop/tray-view.ts';

export interface TrayDeps {
  /** Of the installation. */
  readonly folder: string;
  readonly platform: NodeJS.Platform;
  onCommand(command: TrayCommand): void;
  onProject(projectId: string): void;
}

export interface CertdeskTray {
  show(view: TrayView): void;
}

export function createTray(deps: TrayDeps): CertdeskTray {
  const icons = new Map<TrayIcon, Electron.NativeImage>();
  let tray: Tray | null = null;
  let shown = '';

  function iconOf(icon: TrayIcon): Electron.NativeImage {
    const known = icons.get(icon);
    if (known !== undefined) return known;
    // macOS draws it in the colour of the menu bar, so there only the shape tells; @2x is found by its name.
    const file = deps.platform === 'darwin' ? `${icon}Template.png` : `${icon}.png`;
    const image = nativeImage.createFromPath(join(deps.folder, 'assets', 'tray', file));
    icons.set(icon, image);
    return image;
  }

  const toMenuItem = (item: TrayItem): MenuItemConstructorOptions => {
    if (item.kind === 'line') return { type: 'separator' };
    if (item.kind === 'text') return { label: literal(item.label), enabled: false };
    if (item.kind === 'project')
      return { label: literal(item.label), click: () => deps.onProject(item.projectId) };
    return { label: item.label, enabled: item.enabled, click: () => deps.onCommand(item.command) };
  };

  return {
    show(view) {
      // A menu that is open closes when it is set anew: only where something has changed.
      const text = JSON.stringify(view);
      if (text === shown) return;
      shown = text;
      const image = iconOf(view.icon);
      if (tray === null) {
        tray = new Tray(image);
        // On Windows a click is not the menu; on Linux and macOS the menu comes by itself.
        if (deps.platform === 'win32') tray.on('click', () => deps.onCommand('open'));
      }
      tray.setImage(image);
      tray.setToolTip(view.toolTip);
      tray.setContextMenu(Menu.buildFromTemplate(view.items.map(toMenuItem)));
    },
  };
}

/** `&` would mark a key. */
function literal(label: string): string {
  return label.replaceAll('&', '&&');
}
