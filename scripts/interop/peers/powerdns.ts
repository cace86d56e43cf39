// PowerDNS, https://doc.powerdns.com/authoritative/dnsupdate.html: dynamic updates with TSIG into SQLite.
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import Database from 'better-sqlite3';
import { checkDnsServer } from '../dns.ts';
import { definePeer, ensure } from '../peer.ts';
import { startPeer, takePorts } from '../process.ts';
import { makeKey, zoneText } from '../zone-file.ts';

const ZONE = 'powerdns.example.com';

export const powerDns = definePeer({
  name: 'powerdns',
  source: 'Debian package pdns-server',
  async install({ debian }) {
    const server = await debian(['pdns-server', 'pdns-backend-sqlite3'], 'pdns_server');
    const { path: util } = await debian(['pdns-server', 'pdns-backend-sqlite3'], 'pdnsutil');
    return { ...server, util };
  },
  async run({ path, util, root }, bench) {
    const { folder } = bench;
    const key = makeKey();
    const [port = 0] = await takePorts(bench, [{ udp: true }]);
    const file = join(folder, 'pdns.db');
    const database = new Database(file);
    database.exec(
      readFileSync(join(root, 'usr/share/pdns-backend-sqlite3/schema/schema.sqlite3.sql'), 'utf8'),
    );
    database.close();
    writeFileSync(
      join(folder, 'pdns.conf'),
      `launch=gsqlite3
gsqlite3-database=${file}
module-dir=${modulesIn(root)}
local-address=127.0.0.1
local-port=${port}
socket-dir=${folder}
dnsupdate=yes
allow-dnsupdate-from=127.0.0.0/8
cache-ttl=0
query-cache-ttl=0
negquery-cache-ttl=0
zone-cache-refresh-interval=0
security-poll-suffix=
`,
    );
    writeFileSync(join(folder, 'zone'), zoneText(ZONE));
    const manage = (...args: readonly string[]) =>
      promisify(execFile)(util, [`--config-dir=${folder}`, ...args], { timeout: 60_000 });
    await manage('load-zone', ZONE, join(folder, 'zone'));
    await manage('import-tsig-key', key.tsigKeyName, key.tsigAlgorithm, key.tsigSecret);
    await manage('set-meta', ZONE, 'TSIG-ALLOW-DNSUPDATE', key.tsigKeyName);
    await startPeer(bench, {
      ...{ program: path, port },
      args: [`--config-dir=${folder}`, '--daemon=no', '--guardian=no', '--disable-syslog'],
    });
    const server = `127.0.0.1:${port}`;
    const dnsCredentials = { nameserver: server, ...key };
    await checkDnsServer(bench, { server, zone: ZONE, dnsProvider: 'rfc2136', dnsCredentials });
  },
});

/** `usr/lib/x86_64-linux-gnu/pdns` of the unpacked packages. */
function modulesIn(root: string): string {
  const architecture = readdirSync(join(root, 'usr/lib')).find((name) => name.includes('-linux-gnu'));
  ensure(architecture !== undefined, 'the package has no folder of libraries');
  return join(root, 'usr/lib', architecture, 'pdns');
}
