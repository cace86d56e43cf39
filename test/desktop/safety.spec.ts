// The security options of the window: those that it is created with, and the built program.
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { ensureBuilt } from '../../scripts/lib/build.ts';
import { windowOptions } from '../../src/main/desktop/window-options.ts';
import { FIRST_PLACE } from '../../src/main/desktop/window-place.ts';

const OUT = resolve(import.meta.dirname, '../../out');
const read = (path: string): string => readFileSync(join(OUT, path), 'utf8');
const mainProgram = (): string =>
  ['main/electron.js', ...readdirSync(join(OUT, 'main/chunks')).map((name) => `main/chunks/${name}`)]
    .map(read)
    .join('\n');

beforeAll(async () => expect(await ensureBuilt()).toBeNull(), 600_000);

it('the window is isolated and sandboxed, and has no Node', () => {
  const { webPreferences } = windowOptions({
    preload: '/preload.cjs',
    icon: '/icon.png',
    place: FIRST_PLACE,
  });
  expect(webPreferences).toEqual({
    preload: '/preload.cjs',
    contextIsolation: true,
    sandbox: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webSecurity: true,
    allowRunningInsecureContent: false,
    experimentalFeatures: false,
    webviewTag: false,
    navigateOnDragDrop: false,
    spellcheck: false,
  });
});

it('the built program sets these options once, and creates windows in one place only', () => {
  const program = mainProgram();
  for (const safe of [
    'contextIsolation: true',
    'sandbox: true',
    'nodeIntegration: false',
    'webSecurity: true',
  ])
    expect(program.split(safe), safe).toHaveLength(2);
  expect(program.match(/new BrowserWindow\(/g)).toHaveLength(1);
  for (const unsafe of [
    'contextIsolation: false',
    'sandbox: false',
    'nodeIntegration: true',
    'webSecurity: false',
    'webviewTag: true',
    'no-sandbox',
    'ignore-certificate-errors',
    'remote-debugging-port',
    '.setProxy(', // a bundled package has a function of that name
    'openDevTools',
  ])
    expect(program, unsafe).not.toContain(unsafe);
});

it('the built program refuses navigation, new windows, webviews, permissions and requests', () => {
  const program = mainProgram();
  for (const guard of [
    'will-navigate',
    'will-frame-navigate',
    'will-redirect',
    'will-attach-webview',
    'setWindowOpenHandler',
    'setPermissionRequestHandler',
    'setPermissionCheckHandler',
    'setDevicePermissionHandler',
    'onBeforeRequest',
    'Content-Security-Policy',
    'senderFrame',
    'enableSandbox',
  ])
    expect(program, guard).toContain(guard);
  expect(program).not.toMatch(/action: ["']allow["']/);
});

it('the preload exposes the bridge once, and requires only electron', () => {
  const preload = read('preload/preload.cjs');
  expect(preload.match(/exposeInMainWorld\(/g)).toHaveLength(1);
  expect([...preload.matchAll(/require\("([^"]+)"\)/g)].map(([, name]) => name)).toEqual(['electron']);
  expect(preload).not.toMatch(/exposeInMainWorld\([^,]+,\s*electron/);
  expect([...preload.matchAll(/electron\.(\w+)/g)].map(([, name]) => name)).not.toContain('webFrame');
});

it('the page loads only its own files', () => {
  const page = read('renderer/index.html');
  expect([...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address]) => address)).toSatisfy(
    (addresses: readonly string[]) =>
      addresses.length > 2 && addresses.every((address) => address.startsWith('./')),
  );
  expect(page).not.toMatch(/<script(?![^>]*src=)/);
});
