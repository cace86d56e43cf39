// step-ca, https://smallstep.com/docs/step-ca/: a failed validation leaves its challenge `pending` with an error.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TCP } from '../../../test/support/tools/ports.ts';
import { checkAcmeServer } from '../acme.ts';
import { makeAuthority } from '../authority.ts';
import { startNames } from '../names.ts';
import { definePeer } from '../peer.ts';
import { startPeer, takePorts } from '../process.ts';

const VERSION = 'v0.30.2';
const MODULE = 'github.com/smallstep/certificates';

export const stepCa = definePeer({
  name: 'step-ca',
  source: `Go module ${MODULE}`,
  install: async ({ go }) => ({ version: VERSION, program: await go(`${MODULE}/cmd/step-ca`, VERSION) }),
  async run({ program }, bench) {
    const { folder } = bench;
    const bind = await startNames(bench);
    const { rootPath, rootPem, issuerPath, issuerKeyPath } = await makeAuthority(folder);
    const [port = 0, httpPort = 0] = await takePorts(bench, [TCP, TCP]);
    const config = join(folder, 'ca.json');
    const settings = {
      ...{ root: rootPath, crt: issuerPath, key: issuerKeyPath, address: `127.0.0.1:${port}` },
      dnsNames: ['127.0.0.1', 'localhost'],
      db: { type: 'badgerv2', dataSource: join(folder, 'db') },
      authority: { provisioners: [{ type: 'ACME', name: 'acme' }] },
    };
    writeFileSync(config, JSON.stringify(settings));
    // --insecure is what it wants beside a port of HTTP-01 that is not 80.
    const args = [config, '--resolver', bind.server, '--acme-http-port', String(httpPort), '--insecure'];
    await startPeer(bench, { program, args, port, env: { STEPPATH: folder } });
    const directoryUrl = `https://127.0.0.1:${port}/acme/acme/directory`;
    await checkAcmeServer(bench, {
      directoryUrl,
      rootPem,
      bind,
      httpPort,
      failure: /could not connect|refused|error/i,
    });
  },
});
