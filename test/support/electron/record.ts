// What the application has passed to the system so far, as recorder.cjs recorded it, and the user's answers.
import type { Desktop } from './launch.ts';

export interface ShownTray {
  /** The name of its image, such as `ok`. */
  readonly icon: string;
  readonly toolTip: string;
  /** A separator is `-`; disabled items are in brackets. */
  readonly menu: readonly string[];
}

export interface ShownNotification {
  readonly title: string;
  readonly body: string;
  readonly silent: boolean;
}

interface Item {
  readonly label: string;
  readonly type: string;
  readonly enabled: boolean;
  click(): void;
}

interface ShownDialog {
  readonly message: string;
  readonly detail: string;
  readonly buttons: readonly string[];
}

interface Record {
  readonly trays: readonly { image: string; toolTip: string; menu: { items: readonly Item[] } }[];
  readonly notifications: readonly (ShownNotification & { emit(name: string): void })[];
  readonly dialogs: readonly ShownDialog[];
  readonly answers: number[];
  readonly confirmations: readonly ShownDialog[];
  readonly confirmationAnswers: number[];
  readonly opened: readonly string[];
  readonly shownFiles: readonly string[];
}

declare global {
  var certdeskRecord: Record;
}

export const readTray = (desktop: Desktop): Promise<ShownTray> =>
  desktop.evaluate(() => {
    const tray = globalThis.certdeskRecord.trays[0];
    const nameOf = ({ type, enabled, label }: Item) =>
      type === 'separator' ? '-' : enabled ? label : `(${label})`;
    return {
      icon: /(\w+?)(?:Template)?\.png$/.exec(tray?.image ?? '')?.[1] ?? '',
      toolTip: tray?.toolTip ?? '',
      menu: (tray?.menu?.items ?? []).map(nameOf),
    };
  }, null);

/** @throws if the menu has no such item, or it is disabled. */
export const chooseInTray = (desktop: Desktop, label: string): Promise<void> =>
  desktop.evaluate((_, wanted) => {
    const item = globalThis.certdeskRecord.trays[0]?.menu.items.find((each) => each.label === wanted);
    if (item === undefined || !item.enabled) throw new Error(`The tray's menu has no ${wanted}`);
    item.click();
  }, label);

export const readNotifications = (desktop: Desktop): Promise<readonly ShownNotification[]> =>
  desktop.evaluate(
    () =>
      globalThis.certdeskRecord.notifications.map(({ title, body, silent }) => ({
        title,
        body,
        silent: silent === true,
      })),
    null,
  );

export const clickNotification = (desktop: Desktop, index: number): Promise<void> =>
  desktop.evaluate((_, at) => globalThis.certdeskRecord.notifications[at]?.emit('click'), index);

/** Dialogs that asked for a fresh proof; `readDialogs` returns all others. */
export const readConfirmations = (desktop: Desktop) =>
  desktop.evaluate(
    () =>
      globalThis.certdeskRecord.confirmations.map(({ message, detail, buttons }) => ({
        message,
        detail,
        buttons,
      })),
    null,
  );

/** Sets the button for the next dialog that asks for a fresh proof. */
export const answerConfirmation = (desktop: Desktop, button: number): Promise<void> =>
  desktop.evaluate((_, which) => void globalThis.certdeskRecord.confirmationAnswers.push(which), button);

export const readDialogs = (desktop: Desktop) =>
  desktop.evaluate(
    () =>
      globalThis.certdeskRecord.dialogs.map(({ message, detail, buttons }) => ({ message, detail, buttons })),
    null,
  );

/** Sets the button for the next dialog. */
export const answerNext = (desktop: Desktop, button: number): Promise<void> =>
  desktop.evaluate((_, which) => void globalThis.certdeskRecord.answers.push(which), button);

export const readOpened = (desktop: Desktop): Promise<readonly string[]> =>
  desktop.evaluate(() => [...globalThis.certdeskRecord.opened], null);

/** Of the application's menu: `File > Quit`, and the roles to which Electron gives labels and shortcuts. */
export const readMenu = (desktop: Desktop): Promise<readonly string[]> =>
  desktop.evaluate(({ Menu }) => {
    const wordsOf = ({ label, role }: { label: string; role?: string }) => role?.toLowerCase() ?? label;
    return (Menu.getApplicationMenu()?.items ?? []).flatMap((top) => [
      wordsOf(top),
      ...(top.role === undefined ? (top.submenu?.items ?? []) : [])
        .filter(({ type }) => type !== 'separator')
        .map((item) => `${wordsOf(top)} > ${wordsOf(item)}`),
    ]);
  }, null);

/** @throws if the menu has no such item. */
export const chooseInMenu = (desktop: Desktop, label: string): Promise<void> =>
  desktop.evaluate(({ Menu }, wanted) => {
    const items = (Menu.getApplicationMenu()?.items ?? []).flatMap((top) => top.submenu?.items ?? []);
    const item = items.find((each) => each.label === wanted);
    if (item === undefined) throw new Error(`The menu has no ${wanted}`);
    item.click();
  }, label);

export const readShownFiles = (desktop: Desktop): Promise<readonly string[]> =>
  desktop.evaluate(() => [...globalThis.certdeskRecord.shownFiles], null);

export interface ShownWindow {
  readonly url: string;
  readonly visible: boolean;
  readonly focused: boolean;
}

export const readWindows = (desktop: Desktop): Promise<readonly ShownWindow[]> =>
  desktop.evaluate(
    ({ BrowserWindow }) =>
      BrowserWindow.getAllWindows().map((window) => ({
        url: window.webContents.getURL(),
        visible: window.isVisible(),
        focused: window.isFocused(),
      })),
    null,
  );

/** Closes it like a user; resolves when its page has ended. */
export async function closeWindow(desktop: Desktop): Promise<void> {
  const page = await desktop.page();
  const gone = page.waitForEvent('close');
  await desktop.evaluate(({ BrowserWindow }) => {
    for (const window of BrowserWindow.getAllWindows()) window.close();
  }, null);
  await gone;
}
