// certdesk serve: the server until a signal ends it. Where a backup is restored from within, it is closed and made anew
// in this process, at the same ports: a service manager sees nothing of it.
import { type App, createApp, type Platform } from '../app.ts';
import type { ServeOptions } from '../platform/options.ts';
import { onPortsOf, toPlatform } from '../platform/to-platform.ts';
import { createLogger } from './log.ts';
import { goOnWithoutReader } from './outputs.ts';

/** @throws what createApp throws. Resolves when the server has been told to stop and has stopped. */
export async function serve(options: ServeOptions): Promise<void> {
  const logger = await createLogger(options.logFormat);
  goOnWithoutReader(logger);
  const platform = toPlatform(options, logger);
  let app = await createApp(platform);
  const told = ended(); // before anybody hears that it runs
  await announce(app, platform);
  while (await isRestartAsked(app, told)) {
    process.stdout.write('Certdesk starts again, with the backup that is restored\n');
    await app.close();
    app = await createApp(onPortsOf(app, platform));
    await announce(app, platform);
  }
  process.stdout.write('Certdesk stops\n');
  await app.close();
}

async function announce(app: App, platform: Platform): Promise<void> {
  const { address, challengePort, notices } = app;
  const { shellCommand } = platform;
  const lines = [
    `Certdesk listens on ${address}`,
    ...(await signInLines(app, platform)),
    ...(challengePort === null ? [] : [`HTTP-01 challenges are answered on port ${challengePort}`]),
    ...notices,
    `Create an API token with: ${shellCommand('token create --name NAME --scope projects:write')}`,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

/**
 * The link is a secret until it is used, so it goes to a terminal only. Other output ends up in files and journals that
 * more people read than may sign in.
 */
async function signInLines(
  app: App,
  { guiFolder, shellCommand }: Pick<Platform, 'guiFolder' | 'shellCommand'>,
): Promise<readonly string[]> {
  if (guiFolder === null) return [];
  const command = shellCommand('login-link');
  if (process.stdout.isTTY !== true) return [`Create a sign-in link for the browser with: ${command}`];
  return [`Sign in within 10 minutes: ${await app.signInLink()}`, `Create another link with: ${command}`];
}

/** False where it is told to end: that comes first. */
function isRestartAsked({ restartAsked }: App, told: Promise<void>): Promise<boolean> {
  return Promise.race([told.then(() => false), restartAsked.then(() => true)]);
}

/** SIGINT (Ctrl-C), SIGTERM (service managers), SIGHUP (a closed terminal). A second one ends it at once. */
function ended(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
  });
}
