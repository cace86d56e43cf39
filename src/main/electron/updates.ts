// Installs updates with electron-updater from the feed that the build names, signed with its key. Without both, there
// are no update checks.
import { app } from 'electron';
import type { AppUpdater } from 'electron-updater';
import type { Logger } from 'pino';
import { readUpdateSource, type UpdateSource } from '../desktop/update-source.ts';
import { createSignedProvider } from './signed-provider.ts';

type CustomFeed = Parameters<AppUpdater['setFeedURL']>[0];

const EVERY_MS = 24 * 3_600_000;

/** @param source Null disables updates. @returns a function that stops the checks */
export function watchUpdates(logger: Logger, source: UpdateSource | null = readUpdateSource()): () => void {
  if (source === null || !app.isPackaged) return () => undefined;
  const check = async (): Promise<void> => {
    const { default: updater } = await import('electron-updater');
    const updateProvider = await createSignedProvider(source.key);
    // electron-updater's type lacks the options of custom providers; GenericProvider needs the URL.
    const feed = { provider: 'custom', updateProvider, url: source.feed } as object as CustomFeed;
    updater.autoUpdater.setFeedURL(feed);
    updater.autoUpdater.autoInstallOnAppQuit = true;
    await updater.autoUpdater.checkForUpdatesAndNotify();
  };
  const guarded = (): void => {
    check().catch((error: unknown) => logger.warn({ err: error }, 'The check for updates failed'));
  };
  guarded();
  const timer = setInterval(guarded, EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}
