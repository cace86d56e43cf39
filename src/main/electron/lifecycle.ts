// Handles quitting, and keeps the application running after an internal error.
import { app, dialog, powerMonitor } from 'electron';
import type { Logger } from 'pino';
import type { Engine } from '../engine/engine.ts';

export interface LifecycleDeps {
  readonly logger: Logger;
  engine(): Engine | null;
  /** Stops everything; unfinished jobs resume at the next start. */
  stop(): Promise<void>;
}

/** The time limit for stopping, so that a hang does not block the shutdown of the machine. In milliseconds. */
const STOP_MS = 15_000;

/** Asks before quitting while jobs are running, and waits until everything has stopped. */
export function guardQuit({ logger, engine, stop }: LifecycleDeps): void {
  let decided = false;
  let asking = false;

  async function ask(): Promise<void> {
    if (asking) return;
    asking = true;
    const { response } = await dialog.showMessageBox({
      type: 'question',
      title: 'Certdesk',
      message: 'Quit while jobs are running?',
      detail: workOf(engine()) ?? '',
      buttons: ['Quit', 'Keep running'],
      defaultId: 1,
      cancelId: 1,
    });
    asking = false;
    decided = response === 0;
    if (decided) app.quit();
  }

  app.on('before-quit', (event) => {
    if (decided || workOf(engine()) === null) return;
    event.preventDefault();
    void ask();
  });
  app.once('will-quit', (event) => {
    event.preventDefault();
    const late = setTimeout(() => {
      logger.error({}, 'Stopping took too long; exiting now');
      app.exit(1);
    }, STOP_MS);
    late.unref();
    stop()
      .catch((error: unknown) => logger.error({ err: error }, 'Not everything could be stopped'))
      .finally(() => app.exit());
  });

  // A signal leaves no time for a question.
  const endNow = (): void => {
    decided = true;
    app.quit();
  };
  // While it starts, Electron installs handlers that quit like a user does; these replace them.
  void app.whenReady().then(() => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, endNow);
  });
  powerMonitor.on('shutdown', endNow);
}

/** @returns the text of the question; null if no job is running */
function workOf(engine: Engine | null): string | null {
  const { running, queued } = engine?.counts() ?? { running: 0, queued: 0 };
  const jobs = running + queued;
  if (jobs === 0) return null;
  const what = jobs === 1 ? 'A job is running. It resumes' : `${jobs} jobs are running. They resume`;
  return `${what} at the next start. Until then, Certdesk renews nothing.`;
}

/**
 * Logs an uncaught error and shows a message once. The application continues, because stored data is always consistent.
 */
export function catchMistakes(logger: Logger, logFile: string): void {
  let shown = false;
  const onMistake = (error: unknown): void => {
    logger.fatal({ err: error }, 'Internal error');
    if (shown) return;
    shown = true;
    void app.whenReady().then(() =>
      dialog
        .showMessageBox({
          type: 'error',
          title: 'Certdesk',
          message: 'Certdesk had an internal error and continues.',
          detail: `Stored data is not affected. See the log: ${logFile}`,
          buttons: ['Go on', 'Quit'],
          defaultId: 0,
        })
        .then(({ response }) => {
          if (response === 1) app.quit();
        }),
    );
  };
  process.on('uncaughtException', onMistake);
  process.on('unhandledRejection', onMistake);
}
