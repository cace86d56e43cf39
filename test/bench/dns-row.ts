// One certificate by dns-01 with RFC 2136 updates against BIND. The peers do not wait for propagation: lego's check is
// off (it queries port 53), certbot's wait is the shortest possible, dehydrated's hook has none.
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { toolPath } from '../../scripts/lib/find-tool.ts';
import { type Bind, startBind } from '../support/dns/bind.ts';
import { inTurn, type Subject, type Times } from './measure.ts';
import type { Peer, PeerWorld } from './peers.ts';
import { startWorld } from './world.ts';

const ZONE = 'bench.test';

export interface DnsRow {
  readonly certdesk: Times;
  readonly peers: Readonly<Record<string, Times>>;
  /** Peers that could not be measured, with the reason. */
  readonly left: readonly string[];
}

export async function measureDns(peers: readonly Peer[], turns: number): Promise<DnsRow> {
  const bind = await startBind({ zones: [{ name: ZONE }] });
  const args = ['--dns-resolver', bind.server, '--dns-authority-port', String(bind.port)];
  const world = await startWorld({ pebble: { dnsServer: bind.server }, args });
  const left: string[] = [];
  try {
    const [key] = bind.keys;
    const dnsCredentials = {
      nameserver: bind.server,
      tsigKeyName: key?.name,
      tsigAlgorithm: key?.algorithm,
      tsigSecret: key?.secret,
    };
    let id = '';
    const subjects: Subject[] = [
      {
        name: 'certdesk',
        prepare: async (turn) => {
          id = await world.project(`run-${turn}.certdesk.${ZONE}`);
        },
        run: () =>
          world.obtain(id, {
            challengeType: 'dns-01',
            dnsProvider: 'rfc2136',
            dnsCredentials,
            keyType: 'ec',
          }),
      },
    ];
    for (const peer of peers) {
      const own = await world.join(peer);
      const issue = await prover(peer, own, bind);
      const run = (turn: number) => issue(`run-${turn}.${peer.name}.${ZONE}`);
      try {
        await run(-1);
        subjects.push({ name: peer.name, run });
      } catch (error) {
        left.push(`${peer.name}: ${String(error).split('\n').at(-1)}`);
      }
    }
    const times = await inTurn(subjects, turns);
    const { certdesk, ...rest } = Object.fromEntries(times);
    if (certdesk === undefined) throw new Error('Certdesk was not measured');
    return { certdesk, peers: rest, left };
  } finally {
    await world.stop();
    await bind.stop();
  }
}

async function prover(peer: Peer, world: PeerWorld, bind: Bind): Promise<(domain: string) => Promise<void>> {
  const key = bind.keys[0];
  if (key === undefined) throw new Error('BIND has no key');
  if (peer.name === 'lego') return (domain) => peer.issueByDns(world, domain, legoEnv(bind));
  if (peer.name === 'certbot') {
    const file = join(world.folder, 'rfc2136.ini');
    const lines = {
      dns_rfc2136_server: bind.address,
      dns_rfc2136_port: bind.port,
      dns_rfc2136_name: key.name,
      dns_rfc2136_secret: key.secret,
      dns_rfc2136_algorithm: key.algorithm.toUpperCase(),
    };
    await writeFile(
      file,
      Object.entries(lines)
        .map(([name, value]) => `${name} = ${value}\n`)
        .join(''),
      { mode: 0o600 },
    );
    return (domain) => peer.issueByDns(world, domain, { credentials: file });
  }
  const hook = join(world.folder, 'hook.sh');
  await writeFile(hook, hookScript(bind));
  await chmod(hook, 0o700);
  return (domain) => peer.issueByDns(world, domain, { hook });
}

function legoEnv(bind: Bind): Record<string, string> {
  const [key] = bind.keys;
  return {
    RFC2136_NAMESERVER: bind.server,
    RFC2136_TSIG_KEY: key?.name ?? '',
    RFC2136_TSIG_SECRET: key?.secret ?? '',
    RFC2136_TSIG_ALGORITHM: `${key?.algorithm ?? ''}.`,
    resolver: bind.server,
  };
}

/** https://github.com/dehydrated-io/dehydrated/blob/master/docs/hook_chain.md: OPERATION DOMAIN TOKEN VALUE. */
function hookScript({ address, port, keys }: Bind): string {
  const [key] = keys;
  const update = (line: string) =>
    `printf 'server ${address} ${port}\\nzone ${ZONE}\\nupdate ${line}\\nsend\\n' "$2" "$4" | ${toolPath('CERTDESK_TEST_NSUPDATE')} -y ${key?.algorithm}:${key?.name}:${key?.secret}`;
  return [
    '#!/bin/sh',
    'case "$1" in',
    `deploy_challenge) ${update('add _acme-challenge.%s. 60 TXT "%s"')} ;;`,
    `clean_challenge) ${update('delete _acme-challenge.%s. TXT "%s"')} ;;`,
    'esac',
    '',
  ].join('\n');
}
