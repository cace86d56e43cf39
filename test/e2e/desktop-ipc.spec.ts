// The bridge between window and main process: every operation, abort, subscriptions, errors, and what is refused.
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureBuilt } from '../../scripts/lib/build.ts';
import { appRouter } from '../../src/main/api/router.ts';
import { ERRORS } from '../../src/shared/errors.ts';
import type { Bridge, IpcEvent, IpcRequest } from '../../src/shared/ipc.ts';
import { type Desktop, launchDesktop, ON, removeFolder } from '../support/electron/launch.ts';
import { describeWith } from '../support/tools/tools.ts';

declare global {
  interface Window {
    certdesk: Bridge;
    heard: IpcEvent[];
  }
  /** In the main process: the messages sent to the window. */
  var certdeskSent: { readonly id: number; readonly kind: string }[];
}

const PRELOAD = resolve(import.meta.dirname, '../../out/preload/preload.cjs');
const OPERATIONS = Object.entries(appRouter._def.procedures).map(([path, procedure]) => ({
  path,
  type: (procedure as unknown as { _def: { type: IpcRequest['type'] } })._def.type,
}));

describeWith('chromium', `IPC, ${ON}`, () => {
  let folder: string;
  let desktop: Desktop;
  let page: Page;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'certdesk-ipc-'));
    expect(await ensureBuilt()).toBeNull();
    desktop = await launchDesktop({ dataFolder: join(folder, 'data'), args: ['--challenge-port', '0'] });
    page = await desktop.page();
    await page.getByText('Live', { exact: true }).waitFor();
  }, 600_000);
  afterAll(async () => {
    await desktop?.kill();
    await removeFolder(folder);
  });

  let ids = 1_000;
  const request = (type: IpcRequest['type'], path: string, input?: unknown): IpcRequest => {
    ids += 1;
    return { id: ids, type, path, input };
  };
  const call = (given: IpcRequest) => page.evaluate((each) => window.certdesk.call(each), given);

  it('answers every query and mutation with a value or an error code of the catalogue', async () => {
    const calls = OPERATIONS.filter(({ type }) => type !== 'subscription');
    expect(calls.length).toBeGreaterThan(25);
    for (const { type, path } of calls) {
      const answer = await call(request(type, path, { id: 'none', projectId: 'none', jobId: 'none' }));
      if (answer.ok) continue;
      const { data } = answer.error as {
        data: { code: string; path: string; stack?: string; body: { code: string } };
      };
      expect(Object.keys(ERRORS), path).toContain(data.body.code);
      expect(data.body.code, path).not.toMatch(/^(?:NOT_FOUND|INTERNAL|UNAUTHENTICATED|METHOD_NOT_ALLOWED)$/);
      expect(data.stack, path).toBeUndefined();
    }
  });

  it('returns the values of a query and of a mutation', async () => {
    const made = await call(
      request('mutation', 'projects.create', { body: { name: 'Shop', domain: 'shop.example.com' } }),
    );
    expect(made).toMatchObject({ ok: true, data: { name: 'Shop' } });
    const list = await call(request('query', 'projects.list', {}));
    expect(list).toMatchObject({
      ok: true,
      data: { projects: [{ name: 'Shop', domain: 'shop.example.com' }] },
    });
  });

  it('reports a failure with its code, its message and the field', async () => {
    expect(await call(request('query', 'projects.get', { id: 'none' }))).toMatchObject({
      ok: false,
      error: { data: { httpStatus: 404, body: { success: false, code: 'PROJECT_NOT_FOUND' } } },
    });
    expect(await call(request('mutation', 'projects.create', { body: { name: '' } }))).toMatchObject({
      ok: false,
      error: { data: { body: { code: 'INVALID_REQUEST', details: { issues: [{ field: 'name' }] } } } },
    });
    expect(await call(request('query', 'no.such'))).toMatchObject({
      ok: false,
      error: { data: { body: { code: 'NOT_FOUND' } } },
    });
    expect(await call({ nonsense: true } as never)).toMatchObject({ ok: false });
  });

  describe('subscriptions', () => {
    const heard = () => page.evaluate(() => window.heard);
    const subscribe = (given: IpcRequest) =>
      page.evaluate((each) => {
        window.heard = [];
        window.certdesk.onEvent((event) => {
          if (event.id === each.id) window.heard.push(event);
        });
        window.certdesk.subscribe(each);
      }, given);

    it('deliver each event once, with its id, and end on abort', async () => {
      const following = request('subscription', 'jobs.events', {});
      await subscribe(following);
      await expect.poll(heard).toMatchObject([{ kind: 'started' }]);
      await call(
        request('mutation', 'projects.create', { body: { name: 'Second', domain: 'second.example.com' } }),
      );
      await expect
        .poll(heard)
        .toMatchObject([{ kind: 'started' }, { kind: 'data', data: { data: { kind: 'project.created' } } }]);
      await page.evaluate((id) => window.certdesk.abort(id), following.id);
      await expect.poll(heard).toMatchObject([{}, {}, { kind: 'stopped' }]);
      await call(
        request('mutation', 'projects.create', { body: { name: 'Third', domain: 'third.example.com' } }),
      );
      expect(await heard()).toHaveLength(3);
    });

    it('resume after the last event received', async () => {
      await subscribe(request('subscription', 'jobs.events', { lastEventId: 0 }));
      await expect
        .poll(async () => (await heard()).filter(({ kind }) => kind === 'data').length)
        .toBeGreaterThan(2);
    });

    it('that are refused get the reason', async () => {
      await subscribe(request('subscription', 'jobs.events', { lastEventId: -1 }));
      await expect
        .poll(heard)
        .toMatchObject([{ kind: 'error', error: { data: { body: { code: 'INVALID_REQUEST' } } } }]);
    });

    it('stop when the page reloads', async () => {
      const following = request('subscription', 'jobs.events', {});
      await subscribe(following);
      await expect.poll(heard).toMatchObject([{ kind: 'started' }]);
      await desktop.evaluate(({ BrowserWindow }) => {
        const contents = BrowserWindow.getAllWindows()[0]?.webContents;
        if (contents === undefined) throw new Error('There is no window');
        globalThis.certdeskSent = [];
        const send = contents.send.bind(contents);
        contents.send = (channel: string, event: { id: number; kind: string }) => {
          globalThis.certdeskSent.push({ id: event.id, kind: event.kind });
          send(channel, event);
        };
      }, null);
      const sent = () => desktop.evaluate(() => globalThis.certdeskSent, null);
      const make = (name: string) =>
        call(request('mutation', 'projects.create', { body: { name, domain: `${name}.example.com` } }));
      const kinds = async (id: number) => (await sent()).filter((event) => event.id === id);
      await make('before');
      await expect.poll(() => kinds(following.id)).toEqual([{ id: following.id, kind: 'data' }]);
      await page.reload();
      await page.getByText('Live', { exact: true }).waitFor();
      await make('after');
      // The page's own subscription receives it; that of the previous page does not.
      await expect
        .poll(async () => (await sent()).filter(({ id, kind }) => id < 1_000 && kind === 'data').length)
        .toBeGreaterThan(1);
      expect((await kinds(following.id)).filter(({ kind }) => kind === 'data')).toHaveLength(1);
    });
  });

  describe('isolation', () => {
    it('gives the page a frozen bridge, and nothing of Electron or Node', async () => {
      const found = await page.evaluate(() => ({
        keys: Object.keys(window.certdesk).sort(),
        frozen: Object.isFrozen(window.certdesk),
        others: ['require', 'process', 'module', 'ipcRenderer', 'electron', 'Buffer', 'global'].filter(
          (name) => name in window,
        ),
      }));
      expect(found).toEqual({
        keys: ['abort', 'act', 'call', 'onEvent', 'start', 'subscribe'],
        frozen: true,
        others: [],
      });
    });

    it('gives the page objects of its own world, with no way back into the preload', async () => {
      const own = await page.evaluate(() => ({
        functions: window.certdesk.call.constructor === Function,
        promises: window.certdesk.start() instanceof Promise,
        objects: Object.getPrototypeOf(window.certdesk) === Object.prototype,
      }));
      expect(own).toEqual({ functions: true, promises: true, objects: true });
    });

    it.each([
      ['a page of another address', 'data:text/html,<title>foreign</title>'],
      ['our own page in a window that is not ours', 'app://certdesk/icon.svg'],
    ])('%s is refused despite the same preload', async (_, address) => {
      const answers = await desktop.evaluate(
        async ({ BrowserWindow }, given) => {
          const { preload, url } = given;
          const foreign = new BrowserWindow({ show: false, webPreferences: { sandbox: true, preload } });
          await foreign.loadURL(url);
          const answer = await foreign.webContents.executeJavaScript(
            `Promise.all(['call', 'start', 'act'].map((name) => window.certdesk[name]({ id: 1, type: 'query', path: 'projects.list', input: {} })
              .then(() => 'answered', (error) => error.message)))`,
          );
          foreign.destroy();
          return answer as readonly string[];
        },
        { preload: PRELOAD, url: address },
      );
      expect(answers).toHaveLength(3);
      for (const answer of answers) expect(answer).toContain('This page may not call Certdesk');
    });

    it('keeps the page from loading from a network, running inline scripts, and navigating away', async () => {
      const tried = await page.evaluate(async () => {
        const outcome = (work: Promise<unknown>) => work.then(() => 'let through').catch(() => 'refused');
        const element = document.createElement('script');
        element.textContent = 'window.inline = true';
        document.head.append(element);
        return {
          fetched: await outcome(fetch('https://example.com/')),
          own: await outcome(fetch('index.html')),
          inline: 'inline' in window,
          // Later, because code that a debugger evaluates is exempt from the policy.
          evaluated: await outcome(
            new Promise((resolve, reject) =>
              setTimeout(() => {
                try {
                  resolve(new Function('return 1')());
                } catch (error) {
                  reject(error);
                }
              }),
            ),
          ),
        };
      });
      expect(tried).toEqual({ fetched: 'refused', own: 'refused', inline: false, evaluated: 'refused' });
    });
  });
});
