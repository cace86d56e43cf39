// Opens the challenge listener and the API server, and starts the engine.
import { userInfo } from 'node:os';
import type { CheckHealth } from '../api/context.ts';
import { SERVER_ADDRESS } from '../engine/access/sessions.ts';
import { CertdeskError } from '../engine/core/errors.ts';
import type { Engine } from '../engine/engine.ts';
import type { HttpsService } from '../engine/https/https.ts';
import { type ChallengeListener, openChallengeListener, type Redirect } from '../http/acme-challenge.ts';
import {
  type AlpnListener,
  type AlpnServer,
  createAlpnServer,
  openAlpnListener,
} from '../http/alpn-challenge.ts';
import { createRedirect } from '../http/https-redirect.ts';
import { type Listening, listenError } from '../http/listen.ts';
import { createLocalAccess } from '../http/local-access.ts';
import { createOwnNames } from '../http/own-names.ts';
import { createHttpServer } from '../http/server.ts';
import { writeAccessFile } from '../secrets/access-file.ts';
import type { BuiltEngine } from './build-engine.ts';
import type { Closing } from './closing.ts';
import type { OpenData } from './data.ts';
import { createHealthCheck } from './health.ts';
import { httpsAddress, ownNames } from './link-address.ts';
import type { Platform } from './platform.ts';

export interface Listeners {
  /** Where it listens: `http://127.0.0.1:7878`. */
  readonly address: string;
  /** The address for people: with HTTPS, a name that the certificate covers. */
  linkAddress(): string;
  readonly challengePort: number | null;
  /** The port that answers tls-alpn-01, which may be that of HTTPS; null if none does. */
  readonly alpnPort: number | null;
  readonly health: CheckHealth;
}

/** Opens the challenge listener and the API, then starts the engine: a CA may ask as soon as jobs are resumed. */
export async function serve(
  platform: Platform,
  { engine, notices, listeners, ownPorts, stores, secrets }: OpenData & BuiltEngine,
  closing: Closing,
): Promise<Listeners> {
  const settings = await engine.settings.get();
  if (settings.sessions.signOutOnRestart) await engine.sessions.endAll();
  await engine.restoreChallenges();
  const { https } = engine;
  const isSecure = platform.https?.enabled ?? settings.https.enabled;
  if (isSecure) await startHttps(platform, https, closing);
  else refusePlainHttp(platform);
  const isOwnName = createOwnNames(platform.allowedHosts, https);
  let apiPortInUse: number | null = null;
  const redirect = createRedirect({ https, isOwnName, port: () => apiPortInUse });
  const { apiPort, challengePort } = settings.listeners;
  const challenge = await openChallenge(platform, challengePort, { engine, notices, redirect });
  if (challenge === null) https.cannotRedirect();
  else {
    closing.push(() => challenge.close());
    listeners.challenges = placeOf(platform.challenge.host, challenge.port);
    ownPorts.push(challenge.port);
  }
  const alpn = createAlpnServer(engine.alpnChallenges);
  closing.push(() => alpn.close());
  const started = Promise.withResolvers<void>();
  const health = createHealthCheck(secrets, platform.clock);
  const localAccess = createLocalAccess(ownUser());
  const server = await createHttpServer({
    engine,
    health,
    isOwnName,
    https: isSecure ? https : null,
    alpn,
    logger: platform.logger,
    guiFolder: platform.guiFolder,
    version: platform.version,
    started: started.promise,
    localAccess,
  });
  closing.push(() => server.close());
  const scheme = isSecure ? 'https' : 'http';
  const port = await listenForApi(server, platform.api, { usualPort: apiPort, scheme });
  apiPortInUse = port;
  const { host } = platform.api;
  listeners.api = placeOf(host, port);
  ownPorts.push(port);
  const alpnListener = await openAlpn(platform, { alpn, apiPort: port, isSecure });
  if (alpnListener !== null) {
    closing.push(() => alpnListener.close());
    listeners.alpn = placeOf(platform.challenge.host, alpnListener.port);
    ownPorts.push(alpnListener.port);
  } else if (isSecure) listeners.alpn = listeners.api;
  const address = `${scheme}://${placeOf(host, port)}`;
  const linkAddress = () => {
    const certificate = https.current();
    return certificate === null ? address : httpsAddress({ ...platform, host, port }, certificate);
  };
  // For `certdesk login-link`, which runs in another process.
  const publishAddress = () => stores.settings.set(SERVER_ADDRESS, linkAddress());
  // Runs before the server closes, so that requests that wait for a job get an answer and the server can close.
  closing.push(() => engine.stop());
  await publishAddress();
  const access = { address, token: localAccess.token, pid: process.pid };
  closing.push(await writeAccessFile(platform.dataFolder, access));
  closing.push(
    https.onChange(() => {
      void publishAddress().catch((error: unknown) =>
        platform.logger.error(
          { err: error },
          'The new address could not be stored for `certdesk login-link`',
        ),
      );
    }),
  );
  await engine.start().finally(started.resolve); // a failed start must not leave requests waiting
  return {
    address,
    linkAddress,
    challengePort: challenge?.port ?? null,
    alpnPort: alpnListener?.port ?? (isSecure ? port : null),
    health,
  };
}

async function startHttps(platform: Platform, https: HttpsService, closing: Closing): Promise<void> {
  const { api, allowedHosts, https: options } = platform;
  closing.push(() => https.stop());
  await https.start({
    project: options?.project ?? null,
    redirect: options?.redirect ?? null,
    names: ownNames({ host: api.host, allowedHosts }),
  });
}

/** @throws INVALID_REQUEST if other machines can reach the host */
function refusePlainHttp({ api: { plainHttpRefusal = null } }: Platform): void {
  if (plainHttpRefusal !== null) throw new CertdeskError('INVALID_REQUEST', plainHttpRefusal);
}

async function openChallenge(
  { challenge: { required, host, port } }: Platform,
  usualPort: number,
  {
    engine,
    notices,
    redirect,
  }: { readonly engine: Engine; readonly notices: string[]; readonly redirect: Redirect },
): Promise<ChallengeListener | null> {
  const listening: Listening = {
    host,
    port: port ?? usualPort,
    what: 'The HTTP-01 challenge listener',
    option: '--challenge-port',
  };
  try {
    return await openChallengeListener(listening, engine.answerChallenge, redirect);
  } catch (error) {
    if (required || !(error instanceof CertdeskError)) throw error;
    const redirects = engine.https.redirects() ? ', and requests by HTTP are not redirected to HTTPS' : '';
    notices.push(
      `${error.message}. Until then HTTP-01 works only where a reverse proxy forwards /.well-known/acme-challenge/ to the API's address${redirects}`,
    );
    return null;
  }
}

/**
 * Opens the listener for tls-alpn-01 if its port was chosen. HTTPS on the same port answers the challenges itself.
 * @throws LISTEN_FAILED, INVALID_REQUEST
 */
async function openAlpn(
  { challenge: { host, alpnPort = null } }: Platform,
  {
    alpn,
    apiPort,
    isSecure,
  }: { readonly alpn: AlpnServer; readonly apiPort: number; readonly isSecure: boolean },
): Promise<AlpnListener | null> {
  if (alpnPort === null || (isSecure && alpnPort === apiPort)) return null;
  if (alpnPort === apiPort) {
    const message = `--alpn-port and --port are both ${apiPort}. TLS-ALPN-01 and the API can share a port only with --https`;
    throw new CertdeskError('INVALID_REQUEST', message);
  }
  const what = 'The TLS-ALPN-01 challenge listener';
  return openAlpnListener({ host, port: alpnPort, what, option: '--alpn-port' }, alpn);
}

/** @returns the port */
async function listenForApi(
  server: Awaited<ReturnType<typeof createHttpServer>>,
  { host, port: wanted }: Platform['api'],
  { usualPort, scheme }: { readonly usualPort: number; readonly scheme: string },
): Promise<number> {
  const at = { host, port: wanted ?? usualPort, what: 'The API', option: '--port' };
  // Fastify does not know that the server of its factory speaks TLS.
  const listenTextResolver = (found: string) => `Server listening at ${found.replace(/^http(?=:)/, scheme)}`;
  await server.listen({ host: at.host, port: at.port, listenTextResolver }).catch((error: unknown) => {
    throw listenError(error, at);
  });
  const bound = server.server.address();
  return typeof bound === 'object' && bound !== null ? bound.port : at.port;
}

const placeOf = (host: string, port: number): string => `${host.includes(':') ? `[${host}]` : host}:${port}`;

/** A user without an entry in /etc/passwd has no name, for example in a container with a numeric user ID. */
function ownUser(): string {
  try {
    return userInfo().username;
  } catch {
    return `user ${process.getuid?.() ?? 'unknown'}`;
  }
}
