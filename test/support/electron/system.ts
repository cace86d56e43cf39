// What Electron shows outside of windows: tray, menus, notifications, dialogs, the user's browser. Here nothing is
// shown; recorder.cjs, which is loaded over the real ones too, records the calls.
import { preventable, StrictEmitter } from './emitter.ts';

export interface MenuItemOptions {
  readonly id?: string;
  readonly label?: string;
  readonly type?: string;
  readonly enabled?: boolean;
  readonly visible?: boolean;
  readonly checked?: boolean;
  readonly role?: string;
  readonly submenu?: readonly MenuItemOptions[];
  readonly click?: (...args: readonly unknown[]) => void;
}

export class MenuItem {
  readonly id: string;
  readonly label: string;
  readonly type: string;
  readonly role: string | undefined;
  readonly enabled: boolean;
  readonly visible: boolean;
  readonly checked: boolean;
  readonly submenu: Menu | undefined;
  readonly #click: ((...args: readonly unknown[]) => void) | undefined;

  constructor(options: MenuItemOptions) {
    this.id = options.id ?? '';
    this.label = options.label ?? '';
    this.type = options.type ?? (options.submenu === undefined ? 'normal' : 'submenu');
    this.role = options.role;
    this.enabled = options.enabled ?? true;
    this.visible = options.visible ?? true;
    this.checked = options.checked ?? false;
    this.submenu = options.submenu === undefined ? undefined : Menu.buildFromTemplate(options.submenu);
    this.#click = options.click;
  }

  click(): void {
    if (this.enabled) this.#click?.(this, undefined, preventable());
  }
}

export class Menu {
  static #application: Menu | null = null;
  static buildFromTemplate(template: readonly MenuItemOptions[]): Menu {
    return new Menu(template.map((options) => new MenuItem(options)));
  }
  static setApplicationMenu(menu: Menu | null): void {
    Menu.#application = menu;
  }
  static getApplicationMenu = (): Menu | null => Menu.#application;

  readonly items: readonly MenuItem[];
  constructor(items: readonly MenuItem[] = []) {
    this.items = items;
  }
}

export class Tray extends StrictEmitter {
  constructor(_image: unknown) {
    super('Tray', ['click', 'right-click', 'double-click']);
  }
  setImage(_: unknown): void {}
  setToolTip(_: string): void {}
  setContextMenu(_: Menu): void {}
  isDestroyed = (): boolean => false;
  destroy(): void {}
}

export class Notification extends StrictEmitter {
  static isSupported = (): boolean => true;
  readonly title: string;
  readonly body: string;
  readonly silent: boolean;
  constructor({
    title = '',
    body = '',
    silent = false,
  }: { title?: string; body?: string; silent?: boolean } = {}) {
    super('Notification', ['show', 'click', 'close', 'failed', 'reply', 'action']);
    this.title = title;
    this.body = body;
    this.silent = silent;
  }
  show(): void {
    this.emit('show', preventable());
  }
}

export const dialog = {
  showMessageBox: async (
    ..._: readonly unknown[]
  ): Promise<{ response: number; checkboxChecked: boolean }> => ({
    response: 0,
    checkboxChecked: false,
  }),
  showErrorBox(title: string, content: string): void {
    console.error(`stand-in: error box: ${title}: ${content}`);
  },
};

export const shell = {
  openExternal: async (_: string): Promise<void> => undefined,
  openPath: async (_: string): Promise<string> => '',
  showItemInFolder(_: string): void {},
};

export const powerMonitor = new StrictEmitter('powerMonitor', [
  'suspend',
  'resume',
  'shutdown',
  'unlock-screen',
  'lock-screen',
]);

const area = { x: 0, y: 0, width: 1280, height: 800 };
export const screen = { getAllDisplays: () => [{ bounds: area, workArea: area }] };

export const net = { isOnline: (): boolean => true };

export const nativeImage = {
  createFromPath: (path: string) => ({ path, isEmpty: () => false, setTemplateImage: () => undefined }),
};
