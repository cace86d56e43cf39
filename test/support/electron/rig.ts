// Shared by specs of the desktop application: a folder, the application on it, and ways to call it.
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright';
import type { Bridge } from '../../../src/shared/ipc.ts';
import { callApi } from '../server/app.ts';
import { type Desktop, type DesktopOptions, launchDesktop, removeFolder } from './launch.ts';

declare global {
  interface Window {
    certdesk: Bridge;
  }
}

export interface DesktopRig {
  readonly folder: string;
  readonly dataFolder: string;
  /** The running one. */
  desktop(): Desktop;
  /** The page of its window. */
  page(): Promise<Page>;
  start(options?: Partial<DesktopOptions>): Promise<Desktop>;
  /** Calls an operation like the window. @throws its failure. */
  ask(type: 'query' | 'mutation', path: string, input?: unknown): Promise<unknown>;
  /** A REST call with its own token, which needs no window. @param path Below /api/v1 */
  rest(method: string, path: string, body?: unknown): ReturnType<typeof callApi>;
  stop(): Promise<void>;
}

/** Ready when it resolves, not yet started. */
export async function createDesktopRig(
  args: (folder: string) => Promise<readonly string[]> | readonly string[],
): Promise<DesktopRig> {
  const folder = await mkdtemp(join(tmpdir(), 'certdesk-desktop-'));
  const dataFolder = join(folder, 'data');
  const given = await args(folder);
  let running: Desktop | null = null;
  let token: string | null = null;
  let ids = 10_000;

  const desktop = (): Desktop => {
    if (running === null) throw new Error('The desktop application was not started');
    return running;
  };

  const ask: DesktopRig['ask'] = async (type, path, input) => {
    const page = await desktop().page();
    ids += 1;
    const request = { id: ids, type, path, input };
    const answer = await page.evaluate((each) => window.certdesk.call(each), request);
    if (answer.ok) return answer.data;
    throw new Error(JSON.stringify(answer.error));
  };

  return {
    folder,
    dataFolder,
    desktop,
    page: () => desktop().page(),
    async start(options = {}) {
      // Isolated from the user's own configuration, because autostart is a file in it.
      const env = { XDG_CONFIG_HOME: join(folder, 'config'), ...options.env };
      running = await launchDesktop({ dataFolder, args: given, ...options, env });
      return running;
    },
    ask,
    async rest(method, path, body) {
      const page = token === null ? await desktop().page() : null;
      if (page !== null) {
        await page.getByText('Live', { exact: true }).waitFor();
        const made = await ask('mutation', 'tokens.create', {
          body: { name: 'test', scopes: ['projects:write', 'admin'] },
        });
        token = String((made as { token: string }).token);
      }
      return callApi(`${await addressOf(dataFolder)}/api/v1${path}`, method, { token, body });
    },
    async stop() {
      await running?.kill();
      await removeFolder(folder);
    },
  };
}

/** The server's address for a data folder, found as the command line finds it. */
async function addressOf(dataFolder: string): Promise<string> {
  const { default: Sqlite } = await import('better-sqlite3');
  const database = new Sqlite(join(dataFolder, 'certdesk.db'), { readonly: true });
  try {
    const row = database.prepare("SELECT value FROM settings WHERE key = 'server-address'").get();
    return JSON.parse(String((row as { value: string }).value));
  } finally {
    database.close();
  }
}
