// Runs the peers one after another and writes the report.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInstallers, prepareTools } from '../lib/install-tools.ts';
import { createInstall, type Install } from './install.ts';
import { type Bench, NotInstallable, type Peer } from './peer.ts';
import { PEERS } from './peers/index.ts';
import { type CheckResult, type PeerResult, writeReport } from './report.ts';

/** For one check, and for the start of a peer. */
const TIMEOUT_MS = 240_000;
/** Characters of a process's output. */
const OUTPUT_SHOWN = 2_000;
const TOOLS = ['openssl', 'bind9', 'chromium', 'java'] as const;

/** Exits with 1 if a check fails. A peer that cannot be installed counts as neither failed nor passed. */
export async function runInterop(names: readonly string[]): Promise<void> {
  const unknown = names.filter((name) => !PEERS.some((peer) => peer.name === name));
  if (unknown.length > 0) throw new Error(`There is no peer ${unknown.join(', ')}`);
  const wanted = names.length === 0 ? PEERS : PEERS.filter(({ name }) => names.includes(name));
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  const { env } = await prepareTools(TOOLS, { env: process.env, install: createInstallers(), say });
  Object.assign(process.env, env);
  const install = createInstall();
  const results: PeerResult[] = [];
  for (const peer of wanted) {
    const result = await runPeer(peer, install, say);
    results.push(result);
    if (result.notRun !== null) say(`${peer.name}: not run: ${result.notRun}`);
  }
  if (names.length === 0) writeReport(results, new Date());
  const checks = results.flatMap((result) => result.checks);
  const failed = checks.filter(({ passed }) => !passed).length;
  say(`${checks.length - failed} passed, ${failed} failed`);
  process.exit(failed === 0 ? 0 : 1);
}

async function runPeer(peer: Peer, install: Install, say: (line: string) => void): Promise<PeerResult> {
  const { name, source } = peer;
  const checks: CheckResult[] = [];
  const stops: (() => Promise<unknown>)[] = [];
  const folder = mkdtempSync(join(tmpdir(), `certdesk-interop-${name}-`));
  const outputs: (() => string)[] = [];
  const note = (title: string, passed: boolean, remark: string): void => {
    checks.push({ title, passed, remark });
    say(`${name}: ${passed ? 'passed' : 'FAILED'}: ${title}${remark === '' ? '' : ` (${remark})`}`);
    if (!passed) for (const output of outputs) say(output().slice(-OUTPUT_SHOWN));
  };
  const bench: Bench = {
    folder,
    async check(title, work) {
      try {
        note(title, true, (await within(work())) ?? '');
      } catch (error) {
        note(title, false, oneLine(error));
      }
    },
    watch: (output) => void outputs.push(output),
    cleanUp: (stop) => void stops.push(stop),
  };
  let version = '';
  try {
    const prepared = await peer.prepare(install);
    version = prepared.version;
    say(`${name} ${version}`);
    await prepared.run(bench);
  } catch (error) {
    if (error instanceof NotInstallable) return { name, source, version, checks, notRun: error.message };
    note('starts', false, oneLine(error));
  } finally {
    for (const stop of stops.reverse()) await stop().catch((error) => say(`${name}: ${oneLine(error)}`));
    rmSync(folder, { recursive: true, force: true });
  }
  return { name, source, version, checks, notRun: null };
}

function within<T>(work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no result in ${TIMEOUT_MS / 1000} s`)), TIMEOUT_MS);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

function oneLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replaceAll(/\s+/g, ' ').trim().slice(0, 600);
}
