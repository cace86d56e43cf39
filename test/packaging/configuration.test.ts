// The configuration of electron-builder: every type of installer, each fuse, and files that exist.
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it, test } from 'vitest';
import config from '../../electron-builder.config.ts';
import { nativePackages } from '../../scripts/lib/dist-native.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const read = (path: string): Buffer => readFileSync(resolve(ROOT, path));
const manifest = JSON.parse(read('package.json').toString());

it('builds an AppImage, a deb and an rpm, a universal dmg, and an NSIS installer', () => {
  expect(config.linux?.target).toEqual(['AppImage', 'deb', 'rpm']);
  expect(config.mac?.target).toEqual([{ target: 'dmg', arch: ['universal'] }]);
  expect(config.win?.target).toEqual([{ target: 'nsis', arch: ['x64'] }]);
  expect(config.nsis).toMatchObject({ license: 'LICENSE', deleteAppDataOnUninstall: false });
});

it('disables the debugging switches of the packaged program', () => {
  expect(config.asar).toBe(true);
  expect(config.electronFuses).toEqual({
    runAsNode: false,
    enableNodeOptionsEnvironmentVariable: false,
    enableNodeCliInspectArguments: false,
    onlyLoadAppFromAsar: true,
    enableEmbeddedAsarIntegrityValidation: true,
    loadBrowserProcessSpecificV8Snapshot: false,
    grantFileProtocolExtraPrivileges: false,
    enableCookieEncryption: false,
    resetAdHocDarwinSignature: true,
  });
});

it('publishes nothing, and has no update feed unless one is given', () => {
  expect(config.publish).toBeNull();
});

it('has the same name as the application’s own entries', () => {
  expect(manifest.desktopName).toBe(`${config.linux?.executableName}.desktop`);
  expect(read('src/main/electron/index.ts').toString()).toContain(`APP_ID = '${config.appId}'`);
  expect(config.protocols).toEqual([{ name: 'Certdesk project', schemes: ['certdesk'] }]);
});

test.each(['LICENSE', 'build/installer.nsh', 'build/linux/certdesk', 'build/linux/before-remove.sh'])(
  '%s exists',
  (path) => expect(existsSync(resolve(ROOT, path))).toBe(true),
);

test.each([
  ['build/icon.png', '89504e470d0a1a0a'],
  ['build/icon.ico', '00000100'],
  ['build/icon.icns', '69636e73'],
])('%s is an icon of its type', (path, magic) =>
  expect(
    read(path)
      .subarray(0, magic.length / 2)
      .toString('hex'),
  ).toBe(magic),
);

test.each([
  ['linux', 'x64', ['@napi-rs/keyring-linux-x64-gnu']],
  ['win32', 'x64', ['@napi-rs/keyring-win32-x64-msvc']],
  ['darwin', 'universal', ['@napi-rs/keyring-darwin-x64', '@napi-rs/keyring-darwin-arm64']],
])('on %s %s the keychain needs %j', (platform, arch, packages) => {
  expect(nativePackages(platform, arch)).toEqual(packages);
  const { optionalDependencies } = JSON.parse(read('node_modules/@napi-rs/keyring/package.json').toString());
  for (const name of packages) expect(optionalDependencies).toHaveProperty(name);
});
