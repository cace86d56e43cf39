// moto, https://docs.getmoto.org/: an independent emulation of AWS, with more Route 53 zones than fit into one page, and
// Certificate Manager.

import { join } from 'node:path';
import {
  CreateHostedZoneCommand,
  ListHostedZonesCommand,
  ListResourceRecordSetsCommand,
  Route53Client,
} from '@aws-sdk/client-route-53';
import { startApp } from '../../../test/support/server/app.ts';
import { TCP } from '../../../test/support/tools/ports.ts';
import { checkCredentials } from '../dns.ts';
import { definePeer, ensure } from '../peer.ts';
import { startPeer, takePorts } from '../process.ts';
import { checkAcm } from './moto-acm.ts';

const VERSION = '5.2.5';
const ZONES = 123;
const LAST_ZONE = `zone-${ZONES}.example.com`;
const KEYS = { accessKeyId: 'AKIAINTEROPINTEROP12', secretAccessKey: 'interop/interop+interop' };

export const moto = definePeer({
  name: 'moto',
  source: 'PyPI moto',
  install: async ({ python }) => ({
    version: VERSION,
    venv: await python('moto', [`moto[server]==${VERSION}`]),
  }),
  async run({ venv }, bench) {
    const [port = 0] = await takePorts(bench, [TCP]);
    const endpoint = `http://127.0.0.1:${port}`;
    const program = join(venv, 'bin/moto_server');
    const { output } = await startPeer(bench, {
      program,
      args: ['-H', '127.0.0.1', '-p', String(port)],
      port,
    });
    const client = new Route53Client({ endpoint, region: 'us-east-1', credentials: { ...KEYS } });
    bench.cleanUp(async () => client.destroy());
    for (let n = 1; n <= ZONES; n += 1)
      await client.send(
        new CreateHostedZoneCommand({ Name: `zone-${n}.example.com`, CallerReference: String(n) }),
      );
    const app = await startApp({
      platform: { dns: { resolvers: [], endpoints: { aws: endpoint }, authorityPort: null } },
    });
    bench.cleanUp(app.stop);
    const dnsCredentials = { ...KEYS, region: 'us-east-1' };
    await bench.check(`lists all ${ZONES} zones of an account`, async () => {
      const { HostedZones = [], IsTruncated } = await client.send(new ListHostedZonesCommand({}));
      const body = { provider: 'aws', credentials: dnsCredentials, zone: LAST_ZONE };
      const answer = await app.asUser('POST', '/dns-credentials/test', { body });
      ensure(answer.status === 200, answer.text);
      ensure(Number(answer.body.zones) === ZONES, answer.text);
      return `a page has ${HostedZones.length} zones${IsTruncated === true ? '' : ', all of them'}`;
    });
    await checkCredentials(bench, app, { dnsProvider: 'aws', dnsCredentials, zone: LAST_ZONE });
    await bench.check('leaves no TXT record behind', async () => {
      const changes = output().match(/POST \/2013-04-01\/hostedzone\/\w+\/rrset/g) ?? [];
      ensure(changes.length >= 2, 'no record was written and removed');
      const { HostedZones = [] } = await client.send(new ListHostedZonesCommand({ MaxItems: 300 }));
      const zone = HostedZones.find(({ Name }) => Name === `${LAST_ZONE}.`);
      ensure(zone?.Id !== undefined, 'the last zone is not there');
      const { ResourceRecordSets = [] } = await client.send(
        new ListResourceRecordSetsCommand({ HostedZoneId: zone.Id }),
      );
      const left = ResourceRecordSets.filter(({ Type }) => Type === 'TXT');
      ensure(left.length === 0, `${left.length} TXT records are left`);
      return undefined;
    });
    await checkAcm(bench, app, endpoint, KEYS);
  },
});
