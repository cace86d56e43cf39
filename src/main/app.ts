// Creates the app: storage -> secrets -> engine -> router -> HTTP. The desktop application and the headless server each
// create a Platform and call createApp; they differ in nothing else.
import { buildEngine } from './app/build-engine.ts';
import type { Closing } from './app/closing.ts';
import { openData } from './app/data.ts';
import type { Platform } from './app/platform.ts';
import { type Listeners, serve } from './app/serve.ts';
import { keepWasmCode } from './app/wasm-code.ts';
import { signInAddress } from './engine/access/sessions.ts';
import type { Engine } from './engine/engine.ts';

export interface App extends Listeners {
  readonly engine: Engine;
  /** Notices of the start: the secret store in use and why, or a challenge port that could not be opened. */
  readonly notices: readonly string[];
  /** Resolves when the caller must close the app and create it again on the same data folder, to restore a backup. */
  readonly restartRequested: Promise<void>;
  /** Creates a one-time link that signs a browser in to the GUI. It is valid for 10 minutes. */
  signInLink(): Promise<string>;
  /** Stops everything; unfinished jobs resume at the next start. */
  close(): Promise<void>;
}

/**
 * Opens the data folder and starts all services. After an error, closes everything that it had opened.
 * @throws DATA_FOLDER_IN_USE, DATABASE_TOO_NEW, STORAGE_FAILED, LISTEN_FAILED, SECRET_STORE_UNAVAILABLE, each with
 * advice
 */
export async function createApp(platform: Platform): Promise<App> {
  keepWasmCode();
  const closing: Closing = [];
  const close = async (): Promise<void> => {
    for (const step of closing.splice(0).reverse()) await step();
  };
  try {
    return await open(platform, closing, close);
  } catch (error) {
    await close();
    throw error;
  }
}

async function open(platform: Platform, closing: Closing, close: () => Promise<void>): Promise<App> {
  const data = await openData(platform, closing);
  const built = await buildEngine(platform, data);
  const served = await serve(platform, { ...data, ...built }, closing);
  const { engine, notices, restartRequested } = built;
  const signInLink = async () =>
    signInAddress(served.linkAddress(), (await engine.sessions.createLink()).secret);
  return { engine, notices, restartRequested, ...served, signInLink, close };
}
