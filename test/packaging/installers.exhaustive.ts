// The installers: electron-builder packs them (with stand-ins for Electron's binary and for fpm, which cannot be
// fetched everywhere), their file list is checked, and their content is started.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { extractAll, listPackage, statFile } from '@electron/asar';
import { FuseState, FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ON } from '../support/electron/launch.ts';
import { createDesktopRig } from '../support/electron/rig.ts';
import { runCli } from '../support/server/cli.ts';
import { startServer } from '../support/server/server.ts';
import { type Installers, makeInstallers } from '../support/tools/packaging.ts';
import { describeWith, toolPath } from '../support/tools/tools.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

/** The names of all packages that the dependencies need, by the lock file, without peers. */
function productionPackages(): ReadonlySet<string> {
  const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8'));
  const found = new Set<string>();
  const rig = (name: string, from: string): void => {
    const path = resolvePackage(packages, name, from);
    if (path === null || found.has(path)) return;
    found.add(path);
    const { dependencies, optionalDependencies } = packages[path];
    for (const next of Object.keys({ ...dependencies, ...optionalDependencies })) rig(next, path);
  };
  for (const name of Object.keys(manifest.dependencies)) rig(name, '');
  return new Set([...found].map((path) => path.slice(path.lastIndexOf('node_modules/') + 13)));
}

/** Resolved like Node: next to the package, otherwise in the folders above. */
function resolvePackage(packages: object, name: string, from: string): string | null {
  const path = `${from === '' ? '' : `${from}/`}node_modules/${name}`;
  if (path in packages) return path;
  const above = from.lastIndexOf('/node_modules/');
  return from === '' ? null : resolvePackage(packages, name, above === -1 ? '' : from.slice(0, above));
}

describeWith(['chromium', 'dpkg'], 'the installers for Linux, on stand-ins for Electron and fpm', () => {
  let made: Installers;
  let archive: string;
  let files: readonly string[];
  beforeAll(async () => {
    made = await makeInstallers(['deb', 'rpm']);
    archive = join(made.unpacked, 'resources/app.asar');
    files = listPackage(archive, { isPack: false })
      .map((path) => path.slice(1))
      .filter((path) => !('files' in statFile(archive, path)));
  }, 600_000);
  afterAll(() => made?.remove());

  describe('the archive', () => {
    it('has the output of the build, and nothing else of this project', () => {
      const own = files.filter((path) => !path.startsWith('node_modules/'));
      for (const path of ['package.json', 'LICENSE', 'out/main/electron.js', 'out/main/headless.js'])
        expect(own).toContain(path);
      for (const path of [
        'out/preload/preload.cjs',
        'out/renderer/index.html',
        'out/renderer/docs/index.html',
        'assets/tray/ok.png',
      ])
        expect(own).toContain(path);
      expect(
        own.filter(
          (path) => !/^(?:package\.json|LICENSE|assets\/|out\/(?:main|preload|renderer)\/)/.test(path),
        ),
      ).toEqual([]);
      const compressed = /^out\/renderer\/(?:assets|docs)\/[^/]+\.(?:js|css)\.(?:br|gz)$/;
      const known = /\.(?:js|cjs|css|html|png|svg|woff2|json)$|^LICENSE$/;
      expect(own.filter((path) => !known.test(path) && !compressed.test(path))).toEqual([]);
    });

    it('has no tests, sources or source maps, not even of the packages', () => {
      const unwanted = files.filter(
        (path) =>
          /\.(?:ts|tsx|mts|cts|map|c|cc|cpp|h|tsbuildinfo)$/.test(path) ||
          /\.(?:test|spec)\.[cm]?js$/.test(path) ||
          /\/(?:tests?|__tests__|spec|benchmarks?|examples?)\//.test(path),
      );
      expect(unwanted).toEqual([]);
    });

    it('has every runtime package, and no package that only builds or tests', () => {
      const packed = (name: string) => files.includes(`node_modules/${name}/package.json`);
      expect(Object.keys(manifest.dependencies).filter((name) => !packed(name))).toEqual([]);
      expect(Object.keys(manifest.devDependencies).filter(packed)).toEqual([]);
      // npm also counts the peers of production packages, such as TypeScript for @trpc/server.
      const needed = productionPackages();
      const names = new Set(
        files.flatMap((path) => /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []),
      );
      expect([...names].filter((name) => !needed.has(name))).toEqual([]);
      expect(files.filter((path) => path.startsWith('node_modules/node-linux-'))).toEqual([]);
    });

    it('has the native modules beside it, only those of this system', () => {
      const native = files.filter((path) => path.endsWith('.node'));
      expect(native.filter((path) => path.includes('better-sqlite3')).length).toBeGreaterThan(0);
      expect(native.filter((path) => path.includes('keyring')).length).toBeGreaterThan(0);
      for (const path of native) {
        expect(path).toMatch(/linux-/);
        expect(statFile(archive, path), path).toMatchObject({ unpacked: true });
        expect(existsSync(join(`${archive}.unpacked`, path)), path).toBe(true);
      }
    });
  });

  it('have a bill of materials of every package in them', () => {
    const bill = JSON.parse(readFileSync(join(made.folder, `certdesk-${manifest.version}.cdx.json`), 'utf8'));
    expect(bill).toMatchObject({
      bomFormat: 'CycloneDX',
      metadata: { component: { name: 'certdesk', version: manifest.version } },
    });
    const listed = new Set(bill.components.map(({ purl }: { purl: string }) => decodeURIComponent(purl)));
    for (const name of ['fastify', 'better-sqlite3', 'acme-client', 'electron', 'react', '@mantine/core'])
      expect(
        [...listed].some((purl) => String(purl).startsWith(`pkg:npm/${name}@`)),
        name,
      ).toBe(true);
    expect(
      [...productionPackages()].filter(
        (name) => ![...listed].some((purl) => String(purl).startsWith(`pkg:npm/${name}@`)),
      ),
    ).toEqual([]);
  });

  it('have a binary with its fuses set', async () => {
    const wire = await getCurrentFuseWire(join(made.unpacked, 'certdesk-desktop'));
    expect(wire).toMatchObject({
      [FuseV1Options.RunAsNode]: FuseState.DISABLE,
      [FuseV1Options.EnableNodeOptionsEnvironmentVariable]: FuseState.DISABLE,
      [FuseV1Options.EnableNodeCliInspectArguments]: FuseState.DISABLE,
      [FuseV1Options.OnlyLoadAppFromAsar]: FuseState.ENABLE,
      [FuseV1Options.EnableEmbeddedAsarIntegrityValidation]: FuseState.ENABLE,
      [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: FuseState.DISABLE,
      [FuseV1Options.GrantFileProtocolExtraPrivileges]: FuseState.DISABLE,
    });
  });

  it(`start the packed desktop application and show its window, ${ON}`, async () => {
    const rig = await createDesktopRig(() => ['--challenge-port', '0']);
    try {
      const folder = join(rig.folder, 'packed');
      extractAll(archive, folder);
      await rig.start({ folder });
      await (await rig.page()).getByText('Live', { exact: true }).waitFor();
      expect((await rig.rest('GET', '/health')).body.ok).toBe(true);
    } finally {
      await rig.stop();
    }
  });

  describe('the deb', () => {
    let deb: string;
    let tree: string;
    const run = (...args: string[]): string =>
      execFileSync(toolPath('CERTDESK_TEST_DPKG_DEB'), args, { encoding: 'utf8' });
    beforeAll(() => {
      deb = join(made.folder, readdirSync(made.folder).find((name) => name.endsWith('.deb')) ?? '');
      tree = join(made.folder, 'tree');
      run('-R', deb, tree);
    }, 120_000);
    const text = (path: string): string => readFileSync(join(tree, path), 'utf8');

    it('has the right name and dependencies', () => {
      expect(run('-f', deb, 'Package').trim()).toBe('certdesk');
      expect(run('-f', deb, 'Version').trim()).toBe(manifest.version);
      expect(run('-f', deb, 'Depends')).toMatch(/libgtk-3-0/);
      expect(run('-f', deb, 'Recommends')).toMatch(/gnome-keyring/);
    });

    it('has the application, its menu entry with certdesk:// links, icons, and the licence', () => {
      const entry = text('usr/share/applications/certdesk-desktop.desktop');
      expect(entry).toMatch(/^Exec=\/opt\/Certdesk\/certdesk-desktop %U$/m);
      expect(entry).toMatch(/^MimeType=x-scheme-handler\/certdesk;$/m);
      expect(entry).toMatch(/^StartupWMClass=certdesk-desktop$/m);
      expect(existsSync(join(tree, 'opt/Certdesk/resources/app.asar'))).toBe(true);
      const sizes = readdirSync(join(tree, 'usr/share/icons/hicolor'));
      expect(sizes).toEqual(
        expect.arrayContaining(['16x16', '32x32', '48x48', '128x128', '256x256', '512x512']),
      );
      expect(existsSync(join(tree, 'usr/share/icons/hicolor/48x48/apps/certdesk-desktop.png'))).toBe(true);
      expect(text('usr/share/doc/certdesk/copyright')).toMatch(/^MIT License/);
    });

    it('has a unit for the headless server with its own user, disabled until it is enabled', () => {
      const unit = text('usr/lib/systemd/system/certdesk.service');
      const program = /^ExecStart=(\S+) serve$/m.exec(unit)?.[1] ?? '';
      expect(statSync(join(tree, program)).mode & 0o111).toBe(0o111);
      for (const line of ['DynamicUser=yes', 'StateDirectory=certdesk', 'WantedBy=multi-user.target'])
        expect(unit).toContain(`\n${line}\n`);
      expect(unit).toContain('\nAmbientCapabilities=CAP_NET_BIND_SERVICE\n');
      expect(text('DEBIAN/postinst')).not.toMatch(/systemctl (?:enable|start)/);
    });

    it('has scripts with valid shell syntax', () => {
      for (const name of ['postinst', 'prerm', 'postrm'])
        execFileSync('bash', ['-n', join(tree, 'DEBIAN', name)]);
      expect(text('DEBIAN/postinst')).toContain("'/opt/Certdesk/certdesk-desktop'");
      expect(text('DEBIAN/postinst')).toContain('systemctl try-restart certdesk.service');
      expect(text('DEBIAN/prerm')).toContain('systemctl disable --now certdesk.service');
    });

    it('has a command line that runs on the bundled Node, which it names', () => {
      const [, program = '', script = ''] =
        /^exec (\S+) --disable-sigusr1 (\S+) "\$@"$/m.exec(text('usr/bin/certdesk')) ?? [];
      const version = execFileSync(join(tree, program), [join(tree, script), '--version'], {
        encoding: 'utf8',
      });
      expect(version.trim()).toBe(manifest.version);
    });

    it('has a manual page, and completion for three shells', () => {
      const page = gunzipSync(readFileSync(join(tree, 'usr/share/man/man1/certdesk.1.gz'))).toString();
      expect(page).toMatch(/^\.TH CERTDESK 1 /);
      expect(text('usr/share/bash-completion/completions/certdesk')).toMatch(/^complete .* certdesk$/m);
      expect(text('usr/share/zsh/vendor-completions/_certdesk')).toMatch(/^#compdef certdesk$/m);
      expect(text('usr/share/fish/vendor_completions.d/certdesk.fish')).toMatch(/^complete -c certdesk/m);
    });

    it("has a command line that finds the service's data folder, also in another place", async () => {
      const program = join(made.folder, 'certdesk');
      // The paths of the package, in the folder of this test.
      const script = text('usr/bin/certdesk').replaceAll('/opt/Certdesk', join(tree, 'opt/Certdesk'));
      writeFileSync(program, script, { mode: 0o755 });
      const [service, moved] = [join(made.folder, 'service'), join(made.folder, 'moved')];
      for (const folder of [service, moved]) mkdirSync(folder, { mode: 0o700 });
      const defaults = join(made.folder, 'defaults');
      expect(script).toContain('/var/lib/certdesk');
      expect(script).toContain('/etc/default/certdesk');
      const status = () =>
        runCli(['status'], {
          program: [program],
          env: {
            CERTDESK_SERVICE_FOLDER: service,
            CERTDESK_SERVICE_DEFAULTS: defaults,
            XDG_DATA_HOME: join(made.folder, 'no-home'),
          },
        });
      expect((await status()).stderr).toContain(
        `No Certdesk server is running on the data folder ${service}`,
      );
      const server = await startServer({ dataFolder: moved, args: ['--challenge-port', '0'] });
      try {
        writeFileSync(defaults, `# the service\nCERTDESK_DATA_DIR=${moved}\n`);
        expect(await status()).toMatchObject({ code: 0, stderr: '' });
      } finally {
        await server.stop();
      }
    });

    it('has a headless server that runs: API, pages, and every chunk of the program with its packages', async () => {
      const folder = join(tree, 'opt/Certdesk/headless');
      const node = join(folder, 'node');
      const chunks = readdirSync(join(folder, 'out/main/chunks')).map((name) => `./out/main/chunks/${name}`);
      const load = `await Promise.all(${JSON.stringify(chunks)}.map((path) => import(path)))`;
      execFileSync(node, ['--input-type=module', '-e', load], { cwd: folder, stdio: 'pipe' });
      const data = join(made.folder, 'data');
      const options = ['--port', '0', '--challenge-port', '0', '--secret-store', 'sealed-file'];
      const server = spawn(node, ['out/main/headless.js', 'serve', '--data-dir', data, ...options], {
        cwd: folder,
        env: { PATH: '/nowhere' },
      });
      let output = '';
      for (const stream of [server.stdout, server.stderr]) stream.on('data', (chunk) => (output += chunk));
      const ended = once(server, 'exit');
      try {
        const address = /http:\/\/127\.0\.0\.1:\d+/;
        await expect.poll(() => output).toMatch(address);
        const base = address.exec(output)?.[0];
        for (const path of ['/api/v1/health', '/api/docs', '/'])
          expect((await fetch(`${base}${path}`)).status, path).toBe(200);
        expect(await (await fetch(`${base}/api/v1/health`)).json()).toMatchObject({ ok: true });
      } finally {
        server.kill();
      }
      expect(await ended).toEqual([0, null]);
    });
  });

  it('have the same files in rpm and deb beside the application', () => {
    const rpm = join(made.folder, readdirSync(made.folder).find((name) => name.endsWith('.rpm')) ?? '');
    const { files: asked } = JSON.parse(readFileSync(rpm, 'utf8'));
    const places = asked.map(({ to }: { to: string }) => to);
    for (const place of ['/opt/Certdesk', '/opt/Certdesk/headless', '/usr/bin/certdesk'])
      expect(places).toContain(place);
    expect(places).toContain('/usr/lib/systemd/system/certdesk.service');
  });
});
