// acme.sh's DNS scripts, https://github.com/acmesh-official/acme.sh: no package registry has them, so they run only from
// a folder that CERTDESK_INTEROP_ACME_SH names.
import { execFile } from 'node:child_process';
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startPebble } from '../../../test/support/acme/pebble.ts';
import { startApp } from '../../../test/support/server/app.ts';
import { platformDns, startNames, ZONE } from '../names.ts';
import { definePeer, ensure, NotInstallable } from '../peer.ts';

export const acmeSh = definePeer({
  name: 'acme.sh',
  source: 'a checkout that CERTDESK_INTEROP_ACME_SH names; no package registry has it',
  async install() {
    const folder = process.env.CERTDESK_INTEROP_ACME_SH ?? '';
    if (!existsSync(join(folder, 'dnsapi')))
      throw new NotInstallable(
        'no Debian, PyPI, npm or Go package has its scripts, and CERTDESK_INTEROP_ACME_SH names no checkout',
      );
    const [, version] = /^VER=(\S+)$/m.exec(readFileSync(join(folder, 'acme.sh'), 'utf8')) ?? [];
    return { version: version ?? 'version unknown', folder };
  },
  async run({ folder }, bench) {
    const bind = await startNames(bench);
    const pebble = await startPebble({ dnsServer: bind.server });
    bench.cleanUp(pebble.stop);
    // As its installation leaves it: with its scripts.
    const home = join(bench.folder, 'acme.sh');
    for (const part of ['acme.sh', 'dnsapi'])
      cpSync(join(folder, part), join(home, part), { recursive: true });
    const dns = { ...platformDns(bind), acmeShFolder: home };
    const app = await startApp({ pebble, platform: { dns } });
    bench.cleanUp(app.stop);
    const key = bind.keys[1];
    ensure(key !== undefined, 'BIND has no key');
    const keyFile = join(bench.folder, 'update.key');
    writeFileSync(
      keyFile,
      `key "${key.name}" {\n  algorithm ${key.algorithm};\n  secret "${key.secret}";\n};\n`,
      { mode: 0o600 },
    );
    const environment = {
      ...{ NSUPDATE_SERVER: '127.0.0.1', NSUPDATE_SERVER_PORT: String(bind.port) },
      ...{ NSUPDATE_KEY: keyFile, NSUPDATE_ZONE: ZONE },
    };
    await bench.check('dns_nsupdate obtains a certificate and removes its record', async () => {
      const id = await app.project(`script.${ZONE}`);
      const body = {
        ...{ challengeType: 'dns-01', keyType: 'ec', dnsProvider: 'acme-sh' },
        dnsCredentials: { script: 'dns_nsupdate', environment },
      };
      const answer = await app.asUser('POST', `/projects/${id}/certificate/obtain`, { body });
      ensure(answer.status === 200, answer.text);
      const left = await bind.lookup(`_acme-challenge.script.${ZONE}`, 'TXT');
      ensure(left.length === 0, `left behind: ${left.join(', ')}`);
      return undefined;
    });
    await bench.check('its own folder is imported with method and credentials, and renewed', async () => {
      await issueByAcmeSh(home, { server: pebble.directoryUrl, name: `imported.${ZONE}`, environment });
      const scanned = await app.asUser('POST', '/imports/scan', { body: { folder: home } });
      const [found] = Object.values(scanned.body.certificates ?? {});
      ensure(String(found?.method?.credentials) === 'found', scanned.text);
      const taken = await app.asUser('POST', '/imports', { body: { folder: home, certificates: 'all' } });
      ensure(taken.status === 200, taken.text);
      const { body } = await app.call('GET', '/projects');
      const project = Object.values(body.projects ?? {}).find(
        ({ domain }) => String(domain) === `imported.${ZONE}`,
      );
      const renewed = await app.asUser('POST', `/projects/${project?.id}/certificate/renew`);
      ensure(renewed.status === 200, renewed.text);
      return `account ${found?.method?.account}, renewal ${found?.method?.autoRenew}`;
    });
  },
});

/** As its user does it: acme.sh obtains a certificate and saves what its next renewal needs. */
async function issueByAcmeSh(home: string, { server, name, environment }: AcmeShRun): Promise<void> {
  const args = [
    ...[join(home, 'acme.sh'), '--issue', '--home', home, '--server', server, '--insecure'],
    ...['--dns', 'dns_nsupdate', '--dnssleep', '1', '-d', name, '--keylength', 'ec-256'],
    ...['--accountemail', 'admin@example.com'],
  ];
  const env = { ...process.env, HOME: home, ...environment };
  await promisify(execFile)('sh', args, { env, timeout: 120_000 });
}

interface AcmeShRun {
  readonly server: string;
  readonly name: string;
  readonly environment: Readonly<Record<string, string>>;
}
