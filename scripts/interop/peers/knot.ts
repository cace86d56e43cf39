// Knot DNS, https://www.knot-dns.cz/docs/: dynamic updates with TSIG (RFC 2136).
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkDnsServer } from '../dns.ts';
import { definePeer } from '../peer.ts';
import { startPeer, takePorts } from '../process.ts';
import { makeKey, zoneText } from '../zone-file.ts';

const ZONE = 'knot.example.com';

export const knot = definePeer({
  name: 'knot',
  source: 'Debian package knot',
  install: ({ debian }) => debian(['knot'], 'knotd'),
  async run({ path }, bench) {
    const { folder } = bench;
    const key = makeKey();
    const [port = 0] = await takePorts(bench, [{ udp: true }]);
    for (const name of ['run', 'db']) mkdirSync(join(folder, name));
    writeFileSync(join(folder, 'zone'), zoneText(ZONE));
    const config = join(folder, 'knot.conf');
    writeFileSync(
      config,
      `server:
    rundir: ${folder}/run
    listen: 127.0.0.1@${port}
database:
    storage: ${folder}/db
key:
  - id: ${key.tsigKeyName}
    algorithm: ${key.tsigAlgorithm}
    secret: ${key.tsigSecret}
acl:
  - id: update
    key: ${key.tsigKeyName}
    action: update
zone:
  - domain: ${ZONE}
    file: ${folder}/zone
    acl: update
    zonefile-sync: -1
    journal-content: all
`,
    );
    await startPeer(bench, { program: path, args: ['-c', config], port });
    const server = `127.0.0.1:${port}`;
    const dnsCredentials = { nameserver: server, ...key };
    await checkDnsServer(bench, { server, zone: ZONE, dnsProvider: 'rfc2136', dnsCredentials });
  },
});
