// Runs the same checks against every DNS server: create and remove a record, and obtain a certificate with it.

import { startPebble } from '../../test/support/acme/pebble.ts';
import { startApp, type TestApp } from '../../test/support/server/app.ts';
import { type Bench, ensure } from './peer.ts';

export interface DnsServer {
  /** `127.0.0.1:PORT`, authoritative for the zone; Certdesk and the CA ask it. */
  readonly server: string;
  readonly zone: string;
  readonly dnsProvider: string;
  readonly dnsCredentials: Readonly<Record<string, string>>;
}

export async function checkDnsServer(bench: Bench, dns: DnsServer): Promise<void> {
  const { server, zone, dnsProvider, dnsCredentials } = dns;
  const pebble = await startPebble({ dnsServer: server });
  bench.cleanUp(pebble.stop);
  const port = Number(server.split(':')[1]);
  const app = await startApp({
    pebble,
    platform: { dns: { resolvers: [server], endpoints: {}, authorityPort: port } },
  });
  bench.cleanUp(app.stop);
  await checkCredentials(bench, app, { dnsProvider, dnsCredentials, zone });
  await bench.check('obtains a certificate for a name and its wildcard by DNS-01', async () => {
    const id = await app.project(`app.${zone}`, [`*.app.${zone}`]);
    const body = { challengeType: 'dns-01', keyType: 'ec', dnsProvider, dnsCredentials };
    const answer = await app.asUser('POST', `/projects/${id}/certificate/obtain`, { body });
    ensure(answer.status === 200, answer.text);
    return undefined;
  });
}

/** Writes a TXT record in the zone and removes it. */
export async function checkCredentials(
  bench: Bench,
  app: TestApp,
  { dnsProvider, dnsCredentials, zone }: Pick<DnsServer, 'dnsProvider' | 'dnsCredentials' | 'zone'>,
): Promise<void> {
  await bench.check('publishes and removes a TXT record', async () => {
    const body = { provider: dnsProvider, credentials: dnsCredentials, zone };
    const answer = await app.asUser('POST', '/dns-credentials/test', { body });
    ensure(answer.status === 200, answer.text);
    return String(answer.body.message);
  });
}
