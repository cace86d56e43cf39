// Updates by electron-updater, off until a feed is set. Nothing is asked of anybody before.
import { app } from 'electron';
import type { Logger } from 'pino';

const EVERY_MS = 24 * 3_600_000;

/** @param feed An address that begins with https://; null: no updates. @returns a function that ends it. */
export function watchUpdates(feed: string | null, logger: Logger): () => void {
  if (feed === null || !app.isPackaged) return () => undefined;
  const look = async (): Promise<void> => {
    const { default: updater } = await import('electron-updater');
    updater.autoUpdater.setFeedURL({ provider: 'generic', url: feed });
    updater.autoUpdater.autoInstallOnAppQuit = true;
    await updater.autoUpdater.checkForUpdatesAndNotify();
  };
  const guarded = (): void => {
    look().catch((error: unknown) => logger.warn({ err: error }, 'Updates could not be looked for'));
  };
  guarded();
  const timer = setInterval(guarded, EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}
