// certdesk serve: runs the server until a signal stops it. To restore a backup from the GUI or the API, the server
// restarts within this process on the same ports, so a service manager does not notice.

import type { Platform } from '../app/platform.ts';
import { type App, createApp } from '../app.ts';
import type { ServeOptions } from '../platform/options.ts';
import { onPortsOf, toPlatform } from '../platform/to-platform.ts';
import { createLogger } from './log.ts';
import { continueOnOutputError } from './outputs.ts';

/** Runs the server. Resolves after a stop signal, once the server is closed. @throws what createApp throws */
export async function serve(options: ServeOptions): Promise<void> {
  const logger = await createLogger(options.logFormat);
  continueOnOutputError(logger);
  const platform = toPlatform(options, logger);
  let app = await createApp(platform);
  const stopSignal = waitForStopSignal(); // before the output says that the server runs
  await announce(app, platform);
  while (await isRestartRequested(app, stopSignal)) {
    process.stdout.write('Restarting to restore a backup\n');
    await app.close();
    app = await createApp(onPortsOf(app, platform));
    await announce(app, platform);
  }
  process.stdout.write('Certdesk is stopping\n');
  await app.close();
}

async function announce(app: App, platform: Platform): Promise<void> {
  const { address, challengePort, alpnPort, notices } = app;
  const { shellCommand } = platform;
  const lines = [
    `Certdesk listens on ${address}`,
    ...httpsLines(app),
    ...(await signInLines(app, platform)),
    ...(challengePort === null ? [] : [`HTTP-01 challenges are served on port ${challengePort}`]),
    ...(alpnPort === null ? [] : [`TLS-ALPN-01 challenges are served on port ${alpnPort}`]),
    ...notices,
    `Create an API token with: ${shellCommand('token create --name NAME --scope projects:write')}`,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

/** The fingerprint lets people check the self-signed certificate that their browser warns about. */
function httpsLines({ engine }: App): readonly string[] {
  const state = engine.https.state();
  if (state === null) return [];
  const { certificate, fingerprint, names, message } = state;
  return [
    ...(message === null ? [] : [message]),
    certificate === 'self-signed'
      ? `The self-signed certificate has the SHA-256 fingerprint ${fingerprint}`
      : `The certificate is for ${names.join(', ')}`,
  ];
}

/**
 * The link is a secret until it is used, so it is printed to a terminal only. Other output goes to log files and
 * journals, which more people can read than may sign in.
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

/** A stop signal takes precedence over a restart. */
function isRestartRequested({ restartRequested }: App, stopSignal: Promise<void>): Promise<boolean> {
  return Promise.race([stopSignal.then(() => false), restartRequested.then(() => true)]);
}

/**
 * SIGINT (Ctrl-C), SIGTERM (service managers), SIGHUP (a closed terminal). A second signal ends the process at once.
 */
function waitForStopSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
  });
}
