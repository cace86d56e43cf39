// Converts the parsed options to the Platform that createApp needs, for `certdesk serve` and the desktop application.
import type { Logger } from 'pino';
import { DEFAULT_LIMITS, type Platform } from '../app/platform.ts';
import type { App } from '../app.ts';
import { readInstallation } from '../installation.ts';
import { createShellCommand } from '../shell-command.ts';
import { dataFolderToName } from './data-folder.ts';
import { isSystemdService, readCaFile, requireLoopback, type ServeOptions } from './options.ts';

/** @throws INVALID_REQUEST if the file of --acme-ca-file cannot be read, or --host needs --insecure-http. */
export function toPlatform(options: ServeOptions, logger: Logger): Platform {
  requireLoopback(options);
  const { version, guiFolder, folder } = readInstallation();
  return {
    dataFolder: options.dataDir,
    secretStore: options.secretStore,
    api: { host: options.host, port: options.port ?? null },
    challenge: {
      host: options.challengeHost,
      port: options.challengePort ?? null,
      required: options.challengePort !== undefined,
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

/** Keeps the ports of the first start for a restart in the same process, whatever ports the restored settings name. */
export function onPortsOf(app: Pick<App, 'address' | 'challengePort'>, platform: Platform): Platform {
  const { port } = new URL(app.address);
  return {
    ...platform,
    api: { ...platform.api, port: Number(port === '' ? '80' : port) },
    challenge: { ...platform.challenge, port: app.challengePort ?? platform.challenge.port },
  };
}
