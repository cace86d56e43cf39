// npm run bench: Certdesk beside the other clients on this machine, in one run. Prints the table, and writes
// bench/results.json if it measured everything. -- NAME … for some of the rows, -- --turns 9 for more runs of each.
import { mkdir, writeFile } from 'node:fs/promises';
import { arch, cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { buildOrExit, ROOT } from '../../scripts/lib/build.ts';
import { createInstallers, prepareTools } from '../../scripts/lib/install-tools.ts';
import { findPeers } from './peers.ts';
import { BENCHES as ISSUANCE_BENCHES } from './rows.ts';
import { SCALE_BENCHES } from './scale-benches.ts';
import { type Row, tableText } from './table.ts';

/** By name, in this order. */
const BENCHES = { ...ISSUANCE_BENCHES, ...SCALE_BENCHES };
const TURNS = 5;
const PEERS = ['certbot', 'lego', 'dehydrated', 'blackbox'] as const;
const TOOLS = ['openssl', 'pebble', 'bind9', 'chromium', 'sshd', 'nginx', ...PEERS] as const;

export async function bench(args: readonly string[]): Promise<void> {
  const { turns, names } = readArgs(args);
  const unknown = names.find((name) => BENCHES[name] === undefined);
  if (unknown !== undefined || !(turns >= 1)) {
    process.stderr.write(`npm run bench -- [--turns N] [${Object.keys(BENCHES).join('|')}] …\n`);
    process.exitCode = 2;
    return;
  }
  await buildOrExit();
  const install = createInstallers();
  const { env, missing } = await prepareTools(TOOLS, { env: process.env, install, say });
  Object.assign(process.env, env);
  for (const [name, reason] of Object.entries(missing)) say(`without ${name}: ${reason}`);
  const peers = await findPeers();
  const machine = describeMachine();
  say(`${machine.cpu}, ${machine.cores} cores, Node ${machine.node}, beside ${listed(peers)}\n`);
  const found = new Map<string, number>();
  const rows: Row[] = [];
  const results: Record<string, unknown> = {};
  for (const name of names) {
    // Measures everything possible, even after a failure.
    const measured = await BENCHES[name]?.({ peers, turns, found }).catch((error: unknown) => {
      const row = { work: name, measured: `failed: ${String(error).split('\n')[0]}` };
      return { rows: [{ ...row, beside: '', target: '', met: false }], result: null };
    });
    if (measured === undefined) continue;
    rows.push(...measured.rows);
    results[name] = measured.result;
    for (const row of measured.rows) say(`${row.work}: ${row.measured}`);
  }
  say(`\n${tableText(rows)}`);
  process.exitCode = rows.every(({ met }) => met !== false) ? 0 : 1;
  if (names.length < Object.keys(BENCHES).length) return; // some rows must not replace all
  await mkdir(join(ROOT, 'bench'), { recursive: true });
  const all = { at: new Date().toISOString(), machine, peers: listed(peers), turns, rows, results };
  await writeFile(join(ROOT, 'bench/results.json'), `${JSON.stringify(all, null, 2)}\n`);
}

function readArgs(args: readonly string[]): { readonly turns: number; readonly names: readonly string[] } {
  const at = args.indexOf('--turns');
  const turns = at === -1 ? TURNS : Number(args[at + 1]);
  const names = args.filter((_, place) => at === -1 || (place !== at && place !== at + 1));
  return { turns, names: names.length > 0 ? names : Object.keys(BENCHES) };
}

function describeMachine() {
  const [cpu] = cpus();
  return {
    cpu: cpu?.model ?? arch(),
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    system: release(),
    node: process.versions.node,
  };
}

const listed = (peers: readonly { readonly name: string; readonly version: string }[]): string =>
  peers.map(({ name, version }) => `${name} ${version}`).join(', ') || 'no peer';

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
