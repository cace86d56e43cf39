// acme.sh's DNS scripts, https://github.com/acmesh-official/acme.sh: no package registry has them, so they run only from
// a folder that CERTDESK_INTEROP_ACME_SH names.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startPebble } from '../../../test/support/acme/pebble.ts';
import { startApp } from '../../../test/support/server/app.ts';
import { platformDns, startNames, ZONE } from '../names.ts';
import { definePeer, ensure, NotInstallable } from '../peer.ts';

export const acmeSh = definePeer({
  name: 'acme.sh',
  source: 'a folder that CERTDESK_INTEROP_ACME_SH names',
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
    const dns = { ...platformDns(bind), acmeShFolder: folder };
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
      const answer = await app.asPerson('POST', `/projects/${id}/certificate/obtain`, { body });
      ensure(answer.status === 200, answer.text);
      const left = await bind.lookup(`_acme-challenge.script.${ZONE}`, 'TXT');
      ensure(left.length === 0, `left behind: ${left.join(', ')}`);
      return undefined;
    });
  },
});
