// certdesk serve: the server until a signal ends it.
import { type App, createApp, DEFAULT_LIMITS } from '../app.ts';
import { readInstallation } from '../installation.ts';
import { createLogger } from './log.ts';
import { readCaFile, type ServeOptions } from './options.ts';

/** @throws what createApp throws. Resolves when the server has been told to stop and has stopped. */
export async function serve(options: ServeOptions): Promise<void> {
  const logger = createLogger(options.logFormat);
  const installation = readInstallation();
  const app = await createApp({
    dataFolder: options.dataDir,
    secretStore: options.secretStore,
    api: { host: options.host, port: options.port },
    challenge: {
      host: options.challengeHost,
      port: options.challengePort ?? 80,
      required: options.challengePort !== undefined,
    },
    allowedHosts: options.allowedHost,
    directories: { production: options.acmeDirectory, staging: options.acmeStagingDirectory },
    dns: {
      resolvers: options.dnsResolver,
      endpoints: options.dnsEndpoint,
      authorityPort: options.dnsAuthorityPort ?? null,
    },
    webPorts: { http: options.validationPort ?? 80, https: 443 },
    acmeRoots: readCaFile(options.acmeCaFile),
    ...installation,
    logger,
    clock: { now: () => new Date() },
    limits: { ...DEFAULT_LIMITS, answerWithinMs: options.answerTimeout * 1000 },
  });
  announce(app, installation.guiFolder === null ? null : await app.signInLink());
  await ended();
  process.stdout.write('Certdesk stops\n');
  await app.close();
}

/** On standard output, not in the log: the link is a secret until it is used. */
function announce({ address, challengePort, notices }: App, signInLink: string | null): void {
  const lines = [
    `Certdesk listens on ${address}`,
    ...(signInLink === null
      ? []
      : [`Open it once, within 10 minutes: ${signInLink}`, 'A new link: certdesk login-link']),
    ...(challengePort === null ? [] : [`HTTP-01 challenges are answered on port ${challengePort}`]),
    ...notices,
    'Make an API token with: certdesk token create --name NAME --scope projects:write',
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

/** SIGINT (Ctrl-C), SIGTERM (service managers), SIGHUP (a closed terminal). A second one ends it at once. */
function ended(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
  });
}
