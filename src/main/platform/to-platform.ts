// Converts the parsed options to the Platform that createApp needs, for `certdesk serve` and the desktop application.
import type { Logger } from 'pino';
import { DEFAULT_LIMITS, type Platform } from '../app/platform.ts';
import type { App } from '../app.ts';
import { readInstallation } from '../installation.ts';
import { createShellCommand } from '../shell-command.ts';
import { dataFolderToName } from './data-folder.ts';
import { isSystemdService, plainHttpRefusal, readCaFile, type ServeOptions } from './options.ts';

/** @throws INVALID_REQUEST if the file of --acme-ca-file cannot be read. */
export function toPlatform(options: ServeOptions, logger: Logger): Platform {
  const { version, guiFolder, folder } = readInstallation();
  return {
    dataFolder: options.dataDir,
    secretStore: options.secretStore,
    api: { host: options.host, port: options.port ?? null, plainHttpRefusal: plainHttpRefusal(options) },
    https: {
      enabled: options.https ?? null,
      project: options.httpsProject ?? null,
      redirect: options.httpRedirect ?? null,
    },
    challenge: {
      host: options.challengeHost,
      port: options.challengePort ?? null,
      required: options.challengePort !== undefined,
      alpnPort: options.alpnPort ?? null,
    },
    allowedHosts: options.allowedHost,
    allowPrivate: options.allowPrivate,
    directories: { production: options.acmeDirectory, staging: options.acmeStagingDirectory },
    dns: {
      resolvers: options.dnsResolver,
      endpoints: options.dnsEndpoint,
      authorityPort: options.dnsAuthorityPort ?? null,
      acmeShFolder: options.acmeShFolder ?? null,
    },
    webPorts: { http: options.validationPort ?? 80, https: 443 },
    acmeRoots: readCaFile(options.acmeCaFile),
    version,
    guiFolder,
    shellCommand: createShellCommand({
      folder,
      dataFolder: dataFolderToName(options.dataDir),
      isService: isSystemdService(),
    }),
    logger,
    clock: { now: () => new Date() },
    limits: { ...DEFAULT_LIMITS, answerWithinMs: options.answerTimeout * 1000 },
  };
}

/**
 * Keeps the ports of the first start, and whether it serves HTTPS, for a restart in the same process, whatever the restored
 * settings say.
 */
export function onPortsOf(
  app: Pick<App, 'address' | 'challengePort' | 'alpnPort'>,
  platform: Platform,
): Platform {
  const { port, protocol } = new URL(app.address);
  const usual = protocol === 'https:' ? 443 : 80;
  return {
    ...platform,
    api: { ...platform.api, port: port === '' ? usual : Number(port) },
    https: { project: null, redirect: null, ...platform.https, enabled: protocol === 'https:' },
    challenge: {
      ...platform.challenge,
      port: app.challengePort ?? platform.challenge.port,
      alpnPort: platform.challenge.alpnPort === 0 ? app.alpnPort : (platform.challenge.alpnPort ?? null),
    },
  };
}
