// What the installers hold and how they are made, for electron-builder. `npm run dist` makes them (scripts/lib/dist.ts);
// docs/installers.md says what is in each.
import { join, resolve } from 'node:path';
import type { Configuration } from 'electron-builder';
import { makeHeadlessFolder } from './scripts/lib/dist-headless.ts';
import { checkNativePackages } from './scripts/lib/dist-native.ts';

const ROOT = import.meta.dirname;
const at = (path: string): string => join(ROOT, path);
const output = resolve(ROOT, process.env.CERTDESK_DIST_DIR ?? 'dist');

/**
 * What `npm run build` makes, and the icons: no sources, no tests, no tools. Packages of production come by themselves.
 * better-sqlite3 brings the binaries of all systems. @param others Systems as those files begin: `darwin,win32`.
 */
const filesWithout = (others: string): readonly string[] => [
  'package.json',
  'LICENSE',
  'out/{main,preload,renderer}/**',
  'assets/**',
  '!**/node_modules/**/*.{map,ts,cts,mts,tsbuildinfo,flow,h,c,cc,cpp,gyp}',
  '!**/node_modules/**/*.{test,spec}.{js,cjs,mjs}',
  '!**/node_modules/**/{test,tests,__tests__,spec,example,examples,benchmark,benchmarks,.github}{,/**}',
  '!node_modules/node-linux-*{,/**}', // Electron has a Node of its own
  '!node_modules/better-sqlite3/{src,deps}{,/**}', // SQLite's sources
  '!node_modules/node-addon-api{,/**}',
  '!node_modules/{typescript,@typescript}{,/**}', // @trpc/server names it as a peer, for its types only
  `!node_modules/better-sqlite3/**/{${others}}-*`,
];

/**
 * What a deb and an rpm have beside the desktop application: the command line and the headless server on a Node of their
 * own (Electron's would be one for everybody: the fuse runAsNode is off), its systemd unit, and the licence.
 */
const HEADLESS = [
  '--before-remove',
  at('build/linux/before-remove.sh'),
  `${join(output, 'headless')}/=/opt/Certdesk/headless`,
  `${at('build/linux/certdesk')}=/usr/bin/certdesk`,
  `${at('build/linux/certdesk.service')}=/usr/lib/systemd/system/certdesk.service`,
  `${at('LICENSE')}=/usr/share/doc/certdesk/copyright`,
];

/** Who makes installers for others says where updates are: then electron-builder writes what electron-updater reads. */
const feed = process.env.CERTDESK_UPDATE_FEED;

const config: Configuration = {
  appId: 'org.certdesk.desktop',
  productName: 'Certdesk',
  copyright: 'Copyright © 2026 the Certdesk developers',
  directories: { output, buildResources: 'build' },
  asar: true,
  asarUnpack: ['**/*.node'],
  npmRebuild: false, // both native packages are built for Node-API: the same binary for Node and Electron
  publish: feed === undefined ? null : { provider: 'generic', url: feed },
  protocols: [{ name: 'Certdesk project', schemes: ['certdesk'] }],
  // Set before anything is signed. The packaged program is no Node for others, takes no options of Node's and no debugger,
  // and runs nothing but its own archive.
  electronFuses: {
    runAsNode: false,
    enableNodeOptionsEnvironmentVariable: false,
    enableNodeCliInspectArguments: false,
    onlyLoadAppFromAsar: true,
    enableEmbeddedAsarIntegrityValidation: true,
    loadBrowserProcessSpecificV8Snapshot: false,
    grantFileProtocolExtraPrivileges: false,
    enableCookieEncryption: false, // there are no cookies, and it would ask the keychain once more
    resetAdHocDarwinSignature: true,
  },
  beforePack: checkNativePackages,
  afterPack: makeHeadlessFolder,
  linux: {
    target: ['AppImage', 'deb', 'rpm'],
    executableName: 'certdesk-desktop', // /usr/bin/certdesk is the command line
    syncDesktopName: true,
    category: 'Network',
    synopsis: 'Obtains, checks, renews and revokes TLS certificates',
    maintainer: 'The Certdesk developers <certdesk@certdesk.example>',
    icon: 'build/icons',
    files: [...filesWithout('darwin,win32,linuxmusl')],
  },
  deb: {
    packageName: 'certdesk',
    afterInstall: join(output, 'after-install.tpl'),
    recommends: ['gnome-keyring | kwalletmanager', 'libayatana-appindicator3-1'],
    fpm: HEADLESS,
  },
  rpm: { packageName: 'certdesk', afterInstall: join(output, 'after-install.tpl'), fpm: HEADLESS },
  mac: {
    target: [{ target: 'dmg', arch: ['universal'] }],
    category: 'public.app-category.utilities',
    x64ArchFiles: '**/*.node', // each is of one architecture, and in both halves
    files: [...filesWithout('linux,linuxmusl,win32')],
    extraResources: [{ from: 'LICENSE', to: 'LICENSE.txt' }],
  },
  win: { target: [{ target: 'nsis', arch: ['x64'] }], files: [...filesWithout('darwin,linux,linuxmusl')] },
  nsis: {
    oneClick: false,
    perMachine: false,
    allowToChangeInstallationDirectory: true,
    license: 'LICENSE',
    include: 'build/installer.nsh',
    deleteAppDataOnUninstall: false, // certificates and keys stay
  },
};
export default config;
