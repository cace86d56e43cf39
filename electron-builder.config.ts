// The contents and options of the installers, for electron-builder. `npm run dist` builds them (scripts/lib/dist.ts), and
// docs/installers.md describes them.
import { join, resolve } from 'node:path';
import type { Configuration } from 'electron-builder';
import { makeHeadlessFolder } from './scripts/lib/dist-headless.ts';
import { checkNativePackages } from './scripts/lib/dist-native.ts';

const ROOT = import.meta.dirname;
const at = (path: string): string => join(ROOT, path);
const output = resolve(ROOT, process.env.CERTDESK_DIST_DIR ?? 'dist');

/**
 * The output of `npm run build` and the icons: no sources, tests or tools. electron-builder adds production packages.
 * better-sqlite3 has the binaries of all systems. @param others Prefixes of the other systems' files: `darwin,win32`.
 */
const filesWithout = (others: string): readonly string[] => [
  'package.json',
  'LICENSE',
  'out/{main,preload,renderer}/**',
  'assets/**',
  '!**/node_modules/**/*.{map,ts,cts,mts,tsbuildinfo,flow,h,c,cc,cpp,gyp}',
  '!**/node_modules/**/*.{test,spec}.{js,cjs,mjs}',
  '!**/node_modules/**/{test,tests,__tests__,spec,example,examples,benchmark,benchmarks,.github}{,/**}',
  '!node_modules/node-linux-*{,/**}', // Electron contains its own Node
  '!node_modules/better-sqlite3/{src,deps}{,/**}', // SQLite's sources
  '!node_modules/node-addon-api{,/**}',
  '!node_modules/{cpu-features,nan,buildcheck}{,/**}', // native parts of ssh2, which the bundle leaves out
  '!node_modules/{typescript,@typescript}{,/**}', // a peer of @trpc/server, for its types only
  `!node_modules/better-sqlite3/**/{${others}}-*`,
];

/**
 * Further contents of deb and rpm: the command line and the headless server with their own Node (Electron's cannot serve,
 * because the fuse runAsNode is off), the systemd unit, the license, the manual page, completion of three shells.
 */
const HEADLESS = [
  '--before-remove',
  at('build/linux/before-remove.sh'),
  `${join(output, 'headless')}/=/opt/Certdesk/headless`,
  `${at('build/linux/certdesk')}=/usr/bin/certdesk`,
  `${at('build/linux/certdesk.service')}=/usr/lib/systemd/system/certdesk.service`,
  `${at('LICENSE')}=/usr/share/doc/certdesk/copyright`,
  `${join(output, 'certdesk.1.gz')}=/usr/share/man/man1/certdesk.1.gz`,
  `${at('out/completion/certdesk.bash')}=/usr/share/bash-completion/completions/certdesk`,
  `${at('out/completion/certdesk.zsh')}=/usr/share/zsh/vendor-completions/_certdesk`,
  `${at('out/completion/certdesk.fish')}=/usr/share/fish/vendor_completions.d/certdesk.fish`,
];

/** The address of updates, if the builder names one. electron-builder then writes the file that electron-updater reads. */
const feed = process.env.CERTDESK_UPDATE_FEED;

const config: Configuration = {
  appId: 'org.certdesk.desktop',
  productName: 'Certdesk',
  copyright: 'Copyright © 2026 the Certdesk developers',
  directories: { output, buildResources: 'build' },
  asar: true,
  asarUnpack: ['**/*.node'],
  npmRebuild: false, // both native packages use Node-API: one binary serves Node and Electron
  publish: feed === undefined ? null : { provider: 'generic', url: feed },
  protocols: [{ name: 'Certdesk project', schemes: ['certdesk'] }],
  // Set before signing. The packaged program cannot be used as Node, accepts no Node options and no debugger, and runs only
  // its own archive.
  electronFuses: {
    runAsNode: false,
    enableNodeOptionsEnvironmentVariable: false,
    enableNodeCliInspectArguments: false,
    onlyLoadAppFromAsar: true,
    enableEmbeddedAsarIntegrityValidation: true,
    loadBrowserProcessSpecificV8Snapshot: false,
    grantFileProtocolExtraPrivileges: false,
    enableCookieEncryption: false, // there are no cookies, and it would ask the keychain again
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
    x64ArchFiles: '**/*.node', // each serves one architecture and is in both halves
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
