// Shows the tray icon and its menu, as tray-view.ts decides.
import { join } from 'node:path';
import { Menu, type MenuItemConstructorOptions, nativeImage, Tray } from 'electron';
import type { TrayCommand, TrayIcon, TrayItem, TrayView } from '../desktop/tray-view.ts';

export interface TrayDeps {
  /** The folder of the installation. */
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
    // macOS draws template images in the colour of the menu bar, so icons differ by shape. It finds @2x by name.
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
      // Setting the menu closes an open one, so this happens only after a change.
      const text = JSON.stringify(view);
      if (text === shown) return;
      shown = text;
      const image = iconOf(view.icon);
      if (tray === null) {
        tray = new Tray(image);
        // On Windows, a click opens the window; on Linux and macOS, it opens the menu.
        if (deps.platform === 'win32') tray.on('click', () => deps.onCommand('open'));
      }
      tray.setImage(image);
      tray.setToolTip(view.toolTip);
      tray.setContextMenu(Menu.buildFromTemplate(view.items.map(toMenuItem)));
    },
  };
}

/** Escapes `&`, which marks an access key in menus. */
function literal(label: string): string {
  return label.replaceAll('&', '&&');
}
