// Starts and stops the app behind the window, on another port if the user chooses one. After a failed start, the
// program continues and the window shows the problem.
import type { Logger } from 'pino';
import type { StartState } from '../../shared/desktop.ts';
import type { Platform } from '../app/platform.ts';
import { type App, createApp } from '../app.ts';
import { findFreePort, findPortHolder } from '../desktop/port-holder.ts';
import { CHOICES, portOfChoice, startProblemOf } from '../desktop/start-problem.ts';
import { onPortsOf } from '../platform/to-platform.ts';
import { confirmAction } from './confirm-action.ts';
import { createTrpcCalls, type TrpcCalls } from './trpc-calls.ts';
import { WINDOW, windowContext } from './window-context.ts';
import { createWindowProof } from './window-proof.ts';

export interface CertdeskDeps {
  readonly platform: Platform;
  readonly logger: Logger;
  /** Called after each successful start. */
  onRunning(app: App): Promise<void> | void;
  /** Called before the app is closed for a restart; no calls may follow. */
  onStopping(): void;
  /** Called when a start ends, so that the window can show the result. */
  onState(): void;
  onQuit(): void;
}

export interface Certdesk {
  /** @returns the running app; null if it is not running */
  app(): App | null;
  calls(): TrpcCalls | null;
  /** Resolves to the result of the current start. */
  state(): Promise<StartState>;
  start(): Promise<void>;
  /** Performs the user's choice after a failed start. */
  act(choice: string): Promise<void>;
  /** Unfinished jobs resume at the next start. */
  stop(): Promise<void>;
}

export function createCertdesk(deps: CertdeskDeps): Certdesk {
  const { platform, logger } = deps;
  let running: { readonly app: App; readonly calls: TrpcCalls } | null = null;
  let attempt: Promise<StartState> | null = null;
  let starting = false;

  async function open(port: number | null, from: Platform): Promise<StartState> {
    const api = port === null ? from.api : { ...from.api, port };
    let app: App | null = null;
    try {
      app = await createApp({ ...from, api });
      // The chosen port applies to later starts, too.
      if (port !== null) await app.engine.settings.update({ listeners: { apiPort: port } });
      for (const notice of app.notices) logger.info({}, notice);
      const onError = (error: Error, path: string) =>
        logger.error({ operation: path, err: error }, 'A call of the window failed unexpectedly');
      const was = app;
      const proof = createWindowProof({ engine: was.engine, window: WINDOW, confirm: confirmAction });
      const context = () => windowContext(was, proof);
      const calls = createTrpcCalls({ context, askProof: proof.ask, onUnexpected: onError });
      running = { app, calls };
      await deps.onRunning(app);
      void was.restartRequested.then(() => again(was));
      return { state: 'running', address: app.address };
    } catch (error) {
      logger.error({ err: error }, 'Certdesk could not start');
      // An app without tray and notifications must not keep running: the next attempt starts from scratch.
      running?.calls.stop();
      running = null;
      await app
        ?.close()
        .catch((cause: unknown) => logger.error({ err: cause }, 'Certdesk could not be stopped'));
      return { state: 'failed', problem: startProblemOf(error, await lookAround(error, platform)) };
    }
  }

  /** Restarts to restore a backup. The page loses its connection briefly and reconnects on its own. */
  async function again(was: App): Promise<void> {
    const { calls } = running ?? {};
    if (running?.app !== was || calls === undefined) return; // already stopped
    starting = true;
    running = null;
    logger.info({}, 'Certdesk restarts with the restored backup');
    const reopen = async (): Promise<StartState> => {
      deps.onStopping();
      calls.stop();
      await was
        .close()
        .catch((cause: unknown) => logger.error({ err: cause }, 'Certdesk could not be stopped'));
      return open(null, onPortsOf(was, platform));
    };
    attempt = reopen().finally(() => {
      starting = false;
    });
    const { state } = await attempt;
    if (state === 'failed') deps.onState();
  }

  async function begin(port: number | null): Promise<void> {
    starting = true;
    attempt = open(port, platform).finally(() => {
      starting = false;
    });
    await attempt;
    deps.onState();
  }

  return {
    app: () => running?.app ?? null,
    calls: () => running?.calls ?? null,
    state: () => attempt ?? Promise.reject(new Error('Certdesk was not started')),
    start: () => begin(null),
    async act(choice) {
      if (choice === CHOICES.quit) return deps.onQuit();
      if (running !== null || starting) return; // a second click: two starts would lock each other out
      await begin(portOfChoice(choice));
    },
    async stop() {
      await attempt?.catch(() => undefined);
      const was = running;
      running = null;
      was?.calls.stop();
      await was?.app.close();
    },
  };
}

/** Collects the facts for the message about a port in use. */
async function lookAround(error: unknown, { api }: Platform) {
  const details: unknown = error instanceof Error && 'details' in error ? error.details : null;
  const port: unknown = typeof details === 'object' && details !== null ? Reflect.get(details, 'port') : null;
  const circumstances = { holder: null, freePort: null, platform: process.platform };
  if (typeof port !== 'number') return circumstances;
  const [holder, freePort] = await Promise.all([findPortHolder(port), findFreePort(api.host, port + 1)]);
  return { ...circumstances, holder, freePort };
}
