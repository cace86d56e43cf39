// Opens the challenge listener and the API server, and starts the engine.
import { userInfo } from 'node:os';
import type { CheckHealth } from '../api/context.ts';
import { SERVER_ADDRESS } from '../engine/access/sessions.ts';
import { CertdeskError } from '../engine/core/errors.ts';
import type { Engine } from '../engine/engine.ts';
import { type ChallengeListener, openChallengeListener } from '../http/acme-challenge.ts';
import { type Listening, listenError } from '../http/listen.ts';
import { createLocalAccess, type LocalAccess } from '../http/local-access.ts';
import { createHttpServer } from '../http/server.ts';
import { writeAccessFile } from '../secrets/access-file.ts';
import type { BuiltEngine } from './build-engine.ts';
import type { Closing } from './closing.ts';
import type { OpenData } from './data.ts';
import { createHealthCheck } from './health.ts';
import type { Platform } from './platform.ts';

export interface Listeners {
  /** `http://127.0.0.1:7878` */
  readonly address: string;
  readonly challengePort: number | null;
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
  const { apiPort, challengePort } = settings.listeners;
  const challenge = await openChallenge(platform, challengePort, { engine, notices });
  if (challenge !== null) {
    closing.push(() => challenge.close());
    listeners.challenges = placeOf(platform.challenge.host, challenge.port);
    ownPorts.push(challenge.port);
  }
  const started = Promise.withResolvers<void>();
  const health = createHealthCheck(secrets, platform.clock);
  const localAccess = createLocalAccess(ownUser());
  const served = { engine, health, localAccess, closing, started: started.promise };
  const address = await openApi(platform, apiPort, served);
  listeners.api = new URL(address).host;
  ownPorts.push(Number(new URL(address).port || 80));
  // Runs before the server closes, so that requests that wait for a job get an answer and the server can close.
  closing.push(() => engine.stop());
  await stores.settings.set(SERVER_ADDRESS, address); // for `certdesk login-link`, which runs in another process
  const access = { address, token: localAccess.token, pid: process.pid };
  closing.push(await writeAccessFile(platform.dataFolder, access));
  await engine.start().finally(started.resolve); // a failed start must not leave requests waiting
  return { address, challengePort: challenge?.port ?? null, health };
}

async function openChallenge(
  { challenge: { required, host, port } }: Platform,
  usualPort: number,
  { engine, notices }: { readonly engine: Engine; readonly notices: string[] },
): Promise<ChallengeListener | null> {
  const listening: Listening = {
    host,
    port: port ?? usualPort,
    what: 'The HTTP-01 challenge listener',
    option: '--challenge-port',
  };
  try {
    return await openChallengeListener(listening, engine.answerChallenge);
  } catch (error) {
    if (required || !(error instanceof CertdeskError)) throw error;
    notices.push(
      `${error.message}. Until then HTTP-01 works only where a reverse proxy forwards /.well-known/acme-challenge/ to the API's address`,
    );
    return null;
  }
}

interface Served {
  readonly engine: Engine;
  readonly health: CheckHealth;
  readonly closing: Closing;
  readonly started: Promise<void>;
  readonly localAccess: LocalAccess;
}

async function openApi(
  platform: Platform,
  usualPort: number,
  { engine, health, localAccess, closing, started }: Served,
): Promise<string> {
  const server = await createHttpServer({
    engine,
    health,
    logger: platform.logger,
    allowedHosts: platform.allowedHosts,
    guiFolder: platform.guiFolder,
    version: platform.version,
    started,
    localAccess,
  });
  closing.push(() => server.close());
  const { host, port: wanted } = platform.api;
  const at = { host, port: wanted ?? usualPort, what: 'The API', option: '--port' };
  await server.listen({ host: at.host, port: at.port }).catch((error: unknown) => {
    throw listenError(error, at);
  });
  const bound = server.server.address();
  const port = typeof bound === 'object' && bound !== null ? bound.port : at.port;
  return `http://${placeOf(host, port)}`;
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
