// Creates the parts of the desktop application, in the right order, and connects them.
import { app, dialog, ipcMain, session, shell } from 'electron';
import type { Logger } from 'pino';
import { LINK_SCHEME, linkAmong, pageOf, projectOfLink, urlOf } from '../desktop/addresses.ts';
import { HIDDEN } from '../desktop/autostart.ts';
import { type TrayCommand, trayView } from '../desktop/tray-view.ts';
import type { WindowPlace } from '../desktop/window-place.ts';
import { readInstallation } from '../installation.ts';
import type { ServeOptions } from '../platform/options.ts';
import { toPlatform } from '../platform/to-platform.ts';
import { applyAutostart } from './autostart.ts';
import { type BackgroundServices, startBackgroundServices } from './background-services.ts';
import { type Certdesk, createCertdesk } from './certdesk.ts';
import { attachIpc } from './ipc.ts';
import { catchMistakes, guardQuit } from './lifecycle.ts';
import { createDesktopLogger, logPath } from './log.ts';
import { setApplicationMenu } from './menu.ts';
import { servePage } from './protocol.ts';
import { createTray } from './tray.ts';
import { createMainWindow, type MainWindow } from './window.ts';

export interface DesktopOptions {
  readonly options: ServeOptions;
  /** process.argv */
  readonly argv: readonly string[];
  /** The path of the installed program and its arguments, for the login item. */
  readonly program: string;
  readonly loginArgs: readonly string[];
}

/** Resolves when the application runs. @throws errors that prevent even the window */
export async function runDesktop(given: DesktopOptions): Promise<void> {
  const { options, argv } = given;
  const { platform } = process;
  const logger = createDesktopLogger(options.dataDir);
  catchMistakes(logger, logPath(options.dataDir));
  const { folder, guiFolder } = readInstallation();
  if (guiFolder === null) throw new Error('The GUI is not built: run npm run build');
  let place: unknown = null;
  let backgroundServices: BackgroundServices | null = null;

  const certdesk = createCertdesk({
    platform: toPlatform(options, logger),
    logger,
    async onRunning({ engine }) {
      place = await engine.desktopState.windowPlace();
      backgroundServices = await startBackgroundServices({
        engine,
        logger,
        tray,
        locale: app.getLocale(),
        isWatched: window.isFocused,
        open: (page) => window.show(urlOf(page)),
        applyAutostart: (wanted) =>
          applyAutostart(wanted, { program: given.program, args: given.loginArgs, platform }),
      });
    },
    onStopping() {
      backgroundServices?.stop();
      backgroundServices = null;
    },
    onState: () => window.reload(),
    onQuit: () => app.quit(),
  });
  const window = createMainWindow({
    logger,
    folder,
    server: () => certdesk.app()?.address ?? null,
    savedPlace: () => place,
    keepPlace(now: WindowPlace) {
      place = now;
      void certdesk.app()?.engine.desktopState.saveWindowPlace({ ...now });
    },
    onHopeless: () => void sayHopeless(window, logPath(options.dataDir)),
  });
  const onCommand = (command: TrayCommand): void => {
    if (command === 'open') window.show();
    else if (command === 'quit') app.quit();
    else void backgroundServices?.run(command);
  };
  const onProject = (projectId: string): void => window.show(pageOf(projectId));
  const tray = createTray({ folder, platform, onCommand, onProject });

  attachIpc({
    ipcMain,
    logger,
    calls: certdesk.calls,
    start: certdesk.state,
    act: certdesk.act,
    isOurWindow: window.isOurs,
  });
  watchStarts(window);
  guardQuit({
    logger,
    engine: () => certdesk.app()?.engine ?? null,
    stop: () => stopAll(certdesk, backgroundServices),
  });
  await app.whenReady();
  setApplicationMenu(platform, {
    open: () => window.show(),
    quit: () => app.quit(),
    showLog: () => shell.showItemInFolder(logPath(options.dataDir)),
  });
  servePage(session.defaultSession, guiFolder);
  await begin({ certdesk, window, argv, logger, noTray: () => tray.show(trayView(NOT_RUNNING)) });
}

const NOT_RUNNING = { overview: null, pausedUntil: null, formatTime: String };

interface Begin {
  readonly certdesk: Certdesk;
  readonly window: MainWindow;
  readonly argv: readonly string[];
  readonly logger: Logger;
  noTray(): void;
}

/** A start at login shows no window, unless there is a problem to report. */
async function begin({ certdesk, window, argv, logger, noTray }: Begin): Promise<void> {
  await certdesk.start();
  const { state } = await certdesk.state();
  if (state === 'failed') noTray();
  if (state === 'failed' || !argv.includes(HIDDEN)) openFor(window, argv);
  logger.info({ state }, 'The desktop application has started');
}

async function stopAll(certdesk: Certdesk, backgroundServices: BackgroundServices | null): Promise<void> {
  backgroundServices?.stop();
  await certdesk.stop();
}

/** Shows the window on a second start, a click on the dock, or a certdesk:// link. */
function watchStarts(window: MainWindow): void {
  app.on('second-instance', (_, args) => openFor(window, args));
  app.on('activate', () => window.show());
  // macOS passes links by an event, sometimes before a window can exist.
  app.on('open-url', (event, link) => {
    event.preventDefault();
    void app.whenReady().then(() => openFor(window, [link]));
  });
  // The engine keeps running when the window is closed; Quit stops it.
  app.on('window-all-closed', () => undefined);
  if (app.isPackaged) app.setAsDefaultProtocolClient(LINK_SCHEME);
}

function openFor(window: MainWindow, args: readonly string[]): void {
  const link = linkAmong(args);
  const project = link === null ? null : projectOfLink(link);
  window.show(project === null ? undefined : pageOf(project));
}

async function sayHopeless(window: MainWindow, log: string): Promise<void> {
  const { response } = await dialog.showMessageBox({
    type: 'error',
    title: 'Certdesk',
    message: 'The window keeps crashing',
    detail: `Renewals continue without it. See the log: ${log}`,
    buttons: ['Try again', 'Leave it closed'],
    defaultId: 0,
    cancelId: 1,
  });
  if (response === 0) window.show();
}
