// certdesk check: what do clients of this host get? It needs no server and no data folder, and loads little, so that it
// starts fast: index.ts runs it without the other commands.
import { readFileSync } from 'node:fs';
import { Argument, Command, Option } from 'commander';
import { PROTOCOLS, type Protocol } from '../../shared/endpoint.ts';
import { CertdeskError } from '../engine/core/errors.ts';
import { mapConcurrent } from '../engine/core/map-concurrent.ts';
import { checkEndpoint, failedCheck } from '../engine/endpoints/check.ts';
import { ANY_CERTIFICATE } from '../engine/endpoints/findings.ts';
import { splitPem } from '../engine/endpoints/pem.ts';
import { createProbe } from '../engine/endpoints/probe.ts';
import { createTrust, parseRoot } from '../engine/endpoints/trust.ts';
import { createAddressPolicy } from '../engine/outgoing/address-policy.ts';
import { trustedRoots } from '../engine/outgoing/trusted-roots.ts';
import type { CrlDeps } from '../engine/revocation/look-up-crls.ts';
import { type Checked, createPrinter, toJson } from './check-output.ts';
import { type CheckTarget, toCheckTarget, toHost } from './check-target.ts';
import { exitOnOutputError } from './outputs.ts';
import { reportFailure } from './report.ts';

interface CheckCommandOptions {
  readonly starttls?: Protocol;
  readonly servername?: string;
  readonly caFile?: string;
  readonly json?: boolean;
}

const EXAMPLES = `
Examples:
  # a website, on every address of its name
  certdesk check www.example.com
  # mail servers; ports 25, 587, 143 and 110 imply STARTTLS
  certdesk check mail.example.com:25 mail.example.com:993
  # a server that is not in DNS yet
  certdesk check 192.0.2.10 --servername www.example.com

Exit codes: 0 no problem, 1 a problem or nothing was seen, 2 the command line is wrong.`;

/** Adds the command to a program, for help, completion and the manual page too. */
export function addCheckCommand(program: Command): void {
  program
    .command('check')
    .description('check the certificates that servers present, on every address, without a Certdesk server')
    .addArgument(new Argument('<host...>', 'HOST, HOST:PORT or [IPV6]:PORT (default port: 443)'))
    .addOption(
      new Option('--starttls <protocol>', 'protocol before TLS (default: by the port; tls: none)').choices(
        PROTOCOLS,
      ),
    )
    .option('--servername <name>', 'name to ask for (SNI) and to find in the certificate (default: the host)')
    .option('--ca-file <file>', 'PEM file with roots to trust besides those of the system')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', EXAMPLES)
    .action(checkHosts);
}

/** Runs the command alone. @param argv process.argv */
export async function runCheckCommand(argv: readonly string[]): Promise<void> {
  exitOnOutputError();
  const program = new Command('certdesk')
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(`certdesk: ${text.replace(/^error: /, '')}`) });
  addCheckCommand(program);
  try {
    await program.parseAsync([...argv]);
  } catch (error) {
    process.exitCode = reportFailure(error);
  }
}

const CONCURRENCY = 16;

/** @throws INVALID_REQUEST */
async function checkHosts(hosts: readonly string[], options: CheckCommandOptions): Promise<void> {
  const targets = hosts.map((host) => toCheckTarget(host, options.starttls ?? null));
  const serverName = options.servername === undefined ? null : toHost(options.servername);
  const roots = options.caFile === undefined ? [] : readRoots(options.caFile);
  const trust = createTrust([...trustedRoots(), ...roots]);
  const policy = createAddressPolicy();
  const clock = { now: () => new Date() };
  const crls = createCrls(policy);
  const deps = { probe: createProbe({ policy, clock }), policy, clock, crls: crls.deps };
  const { signal } = new AbortController();
  const check = async (target: CheckTarget): Promise<Checked> => {
    const name = serverName ?? target.host;
    const request = { ...target, serverName: name, expected: { names: [name], ...ANY_CERTIFICATE } };
    const result = await checkEndpoint(deps, request, { signal, origin: 'named', trust }).catch(failedCheck);
    return { ...target, serverName: name, ...result };
  };
  const print = options.json === true ? () => undefined : createPrinter(targets, clock);
  const checked = await mapConcurrent(targets, { limit: CONCURRENCY }, async (target) => {
    const result = await check(target);
    print(target, result);
    return result;
  });
  await crls.close();
  if (options.json === true) process.stdout.write(`${JSON.stringify(checked.map(toJson), null, 2)}\n`);
  process.exitCode = checked.every(({ state }) => state === 'ok') ? 0 : 1;
}

function readRoots(path: string): readonly string[] {
  const roots = splitPem(read(path));
  if (roots.some((root) => parseRoot(root).length > 0)) return roots;
  throw new CertdeskError('INVALID_REQUEST', `${path} contains no root certificate in PEM format`);
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const message = `Cannot read ${path}: ${(cause as Error).message}`;
    throw new CertdeskError('INVALID_REQUEST', message, undefined, { cause });
  }
}

/** Loaded only if a certificate names a revocation list; each list is downloaded once. */
function createCrls(policy: ReturnType<typeof createAddressPolicy>): {
  readonly deps: CrlDeps;
  close(): Promise<void>;
} {
  const lists = new Map<string, Promise<Buffer>>();
  const loading = { fetcher: null as Promise<{ close(): Promise<void>; fetch: CrlDeps['fetchCrl'] }> | null };
  const load = () => {
    loading.fetcher ??= import('../engine/revocation/crl-fetcher.ts').then((crl) =>
      // A CA that this machine trusts named the list: that of a private CA is in a private network.
      crl.createCrlFetcher(policy, 'named'),
    );
    return loading.fetcher;
  };
  return {
    deps: {
      fetchCrl(url, signal) {
        const list = lists.get(url) ?? load().then((fetcher) => fetcher.fetch(url, signal));
        lists.set(url, list);
        return list;
      },
      lookUpCrl: async (input) => (await import('./check-crl.ts')).lookUpCrl(input),
    },
    close: async () => (await loading.fetcher)?.close(),
  };
}
