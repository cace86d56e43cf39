// Caddy's acme_server, https://caddyserver.com/docs/caddyfile/directives/acme_server: the library of step-ca.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TCP } from '../../../test/support/tools/ports.ts';
import { checkAcmeServer } from '../acme.ts';
import { startNames } from '../names.ts';
import { definePeer } from '../peer.ts';
import { startPeer, takePorts } from '../process.ts';

const VERSION = 'v2.11.9';
const MODULE = 'github.com/caddyserver/caddy/v2';

export const caddy = definePeer({
  name: 'caddy',
  source: `Go module ${MODULE}`,
  install: async ({ go }) => ({ version: VERSION, program: await go(`${MODULE}/cmd/caddy`, VERSION) }),
  async run({ program }, bench) {
    const { folder } = bench;
    const bind = await startNames(bench);
    const [port = 0] = await takePorts(bench, [TCP]);
    const config = join(folder, 'Caddyfile');
    writeFileSync(
      config,
      `{
  admin off
  storage file_system ${folder}/storage
  skip_install_trust
  auto_https disable_redirects
  default_sni 127.0.0.1
}
https://127.0.0.1:${port} {
  bind 127.0.0.1
  tls internal
  acme_server {
    resolvers ${bind.server}
  }
}
`,
    );
    await startPeer(bench, { program, args: ['run', '--config', config, '--adapter', 'caddyfile'], port });
    const rootPem = readFileSync(join(folder, 'storage/pki/authorities/local/root.crt'), 'utf8');
    const directoryUrl = `https://127.0.0.1:${port}/acme/local/directory`;
    // The name is looked up at the system's resolver, which does not know it.
    await checkAcmeServer(bench, {
      directoryUrl,
      rootPem,
      bind,
      failure: /lookup|refused|could not connect/i,
    });
  },
});
