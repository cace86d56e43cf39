// Certdesk with its GUI open in a signed-in page, for the tests of one describe block: started before the first test,
// checked after each one, and stopped after the last.
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { startApp, type TestApp, type TestAppOptions } from '../server/app.ts';
import { buildGui, GUI_FOLDER, type GuiPage, openGui } from './page.ts';

export interface Gui extends Omit<GuiPage, 'close' | 'problems' | 'takeFailure'> {
  readonly app: TestApp;
}

/** Registers how to stop what the set-up has started. Runs after the app has stopped, in reverse order. */
export type OnStop = (stop: () => unknown) => void;

export interface UseGuiOptions {
  /** Console errors that the tests cause on purpose, such as the status of a failing request. */
  readonly expected?: RegExp;
}

/** Starts an app that serves the built pages. */
export function startGuiApp(options: TestAppOptions = {}): Promise<TestApp> {
  return startApp({ ...options, platform: { ...options.platform, guiFolder: GUI_FOLDER } });
}

/**
 * Call it in a describe block. Its members are available in tests and later hooks. A test fails if the page has logged an
 * error or sent a request to another host; `failed-light.png` shows the page of a failed test.
 *
 * @param setUp Starts the app, and what it needs, after the pages are built.
 */
export function useGui(
  setUp: (onStop: OnStop) => Promise<TestApp> = () => startGuiApp(),
  { expected }: UseGuiOptions = {},
): Gui {
  let app: TestApp | null = null;
  let opened: GuiPage | null = null;
  const stops: (() => unknown)[] = [];

  beforeAll(async () => {
    await buildGui();
    app = await setUp((stop) => void stops.unshift(stop));
    opened = await openGui(app.app);
  }, 600_000);
  afterAll(async () => {
    await opened?.close();
    await app?.stop();
    for (const stop of stops) await stop();
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await opened?.takeFailure();
    expect((opened?.problems ?? []).filter((problem) => expected?.test(problem) !== true)).toEqual([]);
  });

  const started = <T>(part: T | null): T => {
    if (part === null) throw new Error('The GUI is available in tests and in hooks after useGui');
    return part;
  };
  return {
    get app() {
      return started(app);
    },
    get page() {
      return started(opened).page;
    },
    open: (hash) => started(opened).open(hash),
    takeScreenshots: (name) => started(opened).takeScreenshots(name),
    findSecret: (secret) => started(opened).findSecret(secret),
  };
}
