// The application menu: items with keyboard shortcuts (copy, paste, zoom, quit), and no developer tools.
import { Menu, type MenuItemConstructorOptions } from 'electron';

export interface MenuActions {
  open(): void;
  quit(): void;
  showLog(): void;
}

export function setApplicationMenu(platform: NodeJS.Platform, actions: MenuActions): void {
  Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(platform, actions)));
}

function menuTemplate(platform: NodeJS.Platform, actions: MenuActions): MenuItemConstructorOptions[] {
  const mac: MenuItemConstructorOptions[] = platform === 'darwin' ? [{ role: 'appMenu' }] : [];
  return [
    ...mac,
    {
      label: '&File',
      submenu: [
        { label: 'Open Certdesk', accelerator: 'CmdOrCtrl+O', click: actions.open },
        { role: 'close', label: 'Close window' },
        { type: 'separator' },
        { label: 'Quit', accelerator: 'CmdOrCtrl+Q', click: actions.quit },
      ],
    },
    { role: 'editMenu' },
    {
      label: '&View',
      submenu: [{ role: 'resetZoom' }, { role: 'zoomIn' }, { role: 'zoomOut' }, { role: 'togglefullscreen' }],
    },
    { role: 'windowMenu' },
    { label: '&Help', submenu: [{ label: 'Show the log', click: actions.showLog }] },
  ];
}
