// Prosody, an XMPP server, with STARTTLS for clients. Only root can start it from unpacked packages.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { toolPath } from '../../../scripts/lib/find-tool.ts';
import { type Daemon, runInPackages, type ServedPair, startDaemon } from './daemon.ts';

/** @param host Its domain. @param pair Null: without TLS. Reloads on SIGHUP. */
export function startProsody(host: string, pair: ServedPair | null): Promise<Daemon> {
  return startDaemon({
    name: 'prosody',
    uses: [{}],
    async configure({ folder, ports: [port], write }) {
      mkdirSync(join(folder, 'data'));
      const tls =
        pair === null
          ? ['modules_disabled = { "tls", "s2s" }', 'c2s_require_encryption = false']
          : [
              'modules_enabled = { "tls" }',
              'modules_disabled = { "s2s" }',
              `ssl = { certificate = "${await write('chain.pem', pair.chain)}", key = "${await write('key.pem', pair.privateKey)}" }`,
            ];
      const lines = [
        'run_as_root = true',
        `pidfile = "${folder}/prosody.pid"`,
        `data_path = "${folder}/data"`,
        'interfaces = { "127.0.0.1" }',
        `c2s_ports = { ${port} }`,
        'log = { info = "*console" }',
        ...tls,
        `VirtualHost "${host}"`,
      ];
      const config = await write('prosody.cfg.lua', `${lines.join('\n')}\n`);
      return runInPackages(toolPath('CERTDESK_TEST_PROSODY'), '/usr/bin/prosody', ['-F', '--config', config]);
    },
  });
}
