// How the application ends, and how it goes on after a mistake of its own.
import { app, dialog, powerMonitor } from 'electron';
import type { Logger } from 'pino';
import type { Engine } from '../engine/engine.ts';

export interface LifecycleDeps {
  readonly logger: Logger;
  engine(): Engine | null;
  /** Stops everything; jobs under way go on at the next start. */
  stop(): Promise<void>;
}

/** A stop that hangs must not keep a machine from shutting down. */
const STOP_MS = 15_000;

/** Quitting asks while something is worked on, and waits until all has stopped. */
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

  // Nobody can be asked any more.
  const endNow = (): void => {
    decided = true;
    app.quit();
  };
  // Electron sets handlers of its own while it starts, which quit as a person does: these come after them.
  void app.whenReady().then(() => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, endNow);
  });
  powerMonitor.on('shutdown', endNow);
}

/** Null where nothing is under way. */
function workOf(engine: Engine | null): string | null {
  const { running, queued } = engine?.counts() ?? { running: 0, queued: 0 };
  const jobs = running + queued;
  if (jobs === 0) return null;
  const what = jobs === 1 ? 'A job is running. It resumes' : `${jobs} jobs are running. They resume`;
  return `${what} at the next start. Until then, Certdesk renews nothing.`;
}

/** A mistake in the main process is logged, shown once, and ends nothing: what is stored is whole at every moment. */
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
