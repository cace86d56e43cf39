// The desktop application from its first moment to its last: what is made, in which order, and how it ends.
import { app, ipcMain, session } from 'electron';
import { linkAmong, pageOf, projectOfLink } from '../desktop/addresses.ts';
import type { WindowPlace } from '../desktop/window-place.ts';
import type { ServeOptions } from '../headless/options.ts';
import { toPlatform } from '../headless/to-platform.ts';
import { readInstallation } from '../installation.ts';
import { createCertdesk } from './certdesk.ts';
import { attachIpc } from './ipc.ts';
import { createDesktopLogger } from './log.ts';
import { servePage } from './protocol.ts';
import { createMainWindow } from './window.ts';

/** Resolves when it runs. @throws what keeps it from showing even a window. */
export async function runDesktop(options: ServeOptions): Promise<void> {
  const logger = createDesktopLogger(options.dataDir);
  const { folder, guiFolder } = readInstallation();
  if (guiFolder === null) throw new Error('The pages of Certdesk are not built: npm run build');
  let place: unknown = null;

  const certdesk = createCertdesk({
    platform: toPlatform(options, logger),
    logger,
    async onRunning({ engine }) {
      place = await engine.desktopNotes.windowPlace();
    },
    onState: () => window.reload(),
    onQuit: () => app.quit(),
  });
  const window = createMainWindow({
    logger,
    folder,
    server: () => certdesk.app()?.address ?? null,
    keptPlace: () => place,
    keepPlace(now: WindowPlace) {
      place = now;
      void certdesk.app()?.engine.desktopNotes.keepWindowPlace({ ...now });
    },
    onHopeless: () => undefined,
  });
  attachIpc({
    ipcMain,
    logger,
    calls: certdesk.calls,
    start: certdesk.state,
    act: certdesk.act,
    isOurWindow: window.isOurs,
  });

  const open = (args: readonly string[]): void => {
    const link = linkAmong(args);
    const project = link === null ? null : projectOfLink(link);
    window.show(project === null ? undefined : pageOf(project));
  };
  app.on('second-instance', (_, args) => open(args));
  app.on('activate', () => window.show());
  // The engine goes on when the window is closed; Quit ends it.
  app.on('window-all-closed', () => undefined);
  app.once('will-quit', (event) => {
    event.preventDefault();
    void certdesk.stop().finally(() => app.exit());
  });
  await app.whenReady();
  servePage(session.defaultSession, guiFolder);
  await certdesk.start();
  open(process.argv);
}
