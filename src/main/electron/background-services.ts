// Services that run with or without an open window: the tray, notifications, renewal checks after sleep, and the
// settings of the desktop application.
import type { Logger } from 'pino';
import { toTimestamp } from '../../shared/time.ts';
import { PAUSE_MS, type TrayCommand, trayView } from '../desktop/tray-view.ts';
import type { Engine } from '../engine/engine.ts';
import { createNotifications } from './notifications.ts';
import type { CertdeskTray } from './tray.ts';
import { watchUpdates } from './updates.ts';
import { watchWake } from './wake.ts';

export interface BackgroundServicesDeps {
  readonly engine: Engine;
  readonly logger: Logger;
  readonly tray: CertdeskTray;
  readonly locale: string;
  isWatched(): boolean;
  /** @param page The route of the page to open. */
  open(page: string): void;
  applyAutostart(wanted: boolean): void;
}

export interface BackgroundServices {
  /** Runs a command of the tray; the caller handles `open` and `quit`. */
  run(command: Exclude<TrayCommand, 'open' | 'quit'>): Promise<void>;
  stop(): void;
}

/** Delay before a refresh, because events come in bursts. In milliseconds. */
const REFRESH_MS = 250;
/** Interval of refreshes without events, in milliseconds. */
const ANYWAY_MS = 60_000;
const EXPIRING_MS = 3_600_000;

export async function startBackgroundServices(deps: BackgroundServicesDeps): Promise<BackgroundServices> {
  const { engine, logger, tray } = deps;
  const { isWatched, open: onClick } = deps;
  const notifications = createNotifications({ engine, logger, isWatched, onClick });
  let soon: NodeJS.Timeout | undefined;

  async function refresh(): Promise<void> {
    const [overview, { timeZone }] = await Promise.all([
      engine.overview.get(null),
      engine.settings.timeZone(),
    ]);
    const format = new Intl.DateTimeFormat(deps.locale, {
      dateStyle: 'medium',
      timeStyle: 'short',
      timeZone,
    });
    const { pausedUntil } = overview.engine;
    tray.show(trayView({ overview, pausedUntil, formatTime: (time) => format.format(new Date(time)) }));
  }

  async function applySettings(): Promise<void> {
    const { desktop } = await engine.settings.get();
    deps.applyAutostart(desktop.startAtLogin);
  }

  const guarded = (work: () => Promise<unknown>, what: string) => () =>
    void work().catch((error: unknown) => logger.warn({ err: error }, what));
  const refreshNow = guarded(refresh, 'The tray could not be refreshed');
  const settingsNow = guarded(applySettings, 'A setting of the desktop could not be applied');
  const expiringNow = (): void => void notifications.lookForExpiring();

  const unlisten = engine.journal.listen(({ kind }) => {
    if (kind === 'settings.updated') settingsNow();
    if (soon !== undefined) return;
    soon = setTimeout(() => {
      soon = undefined;
      refreshNow();
    }, REFRESH_MS);
  });
  const unwatch = watchWake((why) => {
    logger.info({ why }, 'Running a renewal check');
    guarded(engine.sweep, 'The renewal check failed')();
    expiringNow();
    refreshNow();
  });
  const timers = [setInterval(refreshNow, ANYWAY_MS), setInterval(expiringNow, EXPIRING_MS)];
  const stopUpdates = watchUpdates(logger);
  settingsNow();
  expiringNow();
  await refresh();

  return {
    async run(command) {
      if (command === 'renew-due') await engine.sweep();
      else {
        const pausedUntil = command === 'pause' ? toTimestamp(new Date(Date.now() + PAUSE_MS)) : null;
        await engine.settings.update({ renewals: { pausedUntil } });
      }
      await refresh();
    },
    stop() {
      unlisten();
      unwatch();
      stopUpdates();
      notifications.stop();
      clearTimeout(soon);
      for (const timer of timers) clearInterval(timer);
    },
  };
}
