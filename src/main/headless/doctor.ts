// certdesk doctor: what would keep a CA from issuing a certificate for these names? It needs no server and no data
// folder. index.ts runs it without the other commands, so that it starts fast.
import { Argument, Command, Option } from 'commander';
import { explainInvalidName, toName } from '../../shared/identifiers.ts';
import { createAcmeClient } from '../engine/acme/client.ts';
import { CertdeskError } from '../engine/core/errors.ts';
import { createDnsResolver } from '../engine/dns/lookup/resolver.ts';
import { parseServer } from '../engine/dns/lookup/transport.ts';
import { askDirectory, describeCa } from '../engine/doctor/ca-facts.ts';
import { type ExamineDeps, examine } from '../engine/doctor/examine.ts';
import { VALIDATION_METHODS, type ValidationMethod } from '../engine/doctor/facts.ts';
import { createAddressPolicy } from '../engine/outgoing/address-policy.ts';
import { isMozillaRootName } from '../engine/pki/inspect/mozilla-roots.ts';
import { readInstallation } from '../installation.ts';
import { isProblem, printReport } from './doctor-output.ts';
import { exitOnOutputError } from './outputs.ts';
import { reportFailure } from './report.ts';

interface DoctorCommandOptions {
  readonly ca: string;
  readonly staging?: boolean;
  readonly challenge: ValidationMethod;
  readonly profile?: string;
  readonly preferredChain?: string;
  readonly accountUrl?: string;
  readonly dnsResolver: readonly string[];
  /** Seconds. */
  readonly timeout: number;
  readonly json?: boolean;
}

const EXAMPLES = `
Examples:
  # before the first certificate of a website
  certdesk doctor www.example.com example.com
  # a wildcard, from another CA
  certdesk doctor --ca google --challenge dns-01 '*.example.com'
  # whether CAA records permit this account
  certdesk doctor --account-url https://acme-v02.api.letsencrypt.org/acme/acct/1 example.com

Exit codes: 0 no problem, 1 a problem (critical or warning), 2 the command line is wrong.`;

/** Public resolvers, which validate DNSSEC; asked besides the system's unless --dns-resolver is given. */
const VALIDATORS = ['1.1.1.1:53', '8.8.8.8:53', '9.9.9.9:53'];
const MAX_NAMES = 100;
const MAX_SECONDS = 120;

/** Adds the command to a program, for help, completion and the manual page too. */
export function addDoctorCommand(program: Command): void {
  program
    .command('doctor')
    .description(
      'find out what would keep a CA from issuing a certificate, and how to fix it, without a Certdesk server',
    )
    .addArgument(new Argument('<name...>', 'names of the certificate: host names, wildcards or IP addresses'))
    .option('--ca <ca>', 'id of a CA, or URL of an ACME directory', 'letsencrypt')
    .option('--staging', 'the staging directory of the CA')
    .addOption(
      new Option('--challenge <method>', 'validation method (wildcards: always in DNS)')
        .choices(VALIDATION_METHODS)
        .default('http-01'),
    )
    .option('--profile <profile>', 'certificate profile of the CA')
    .option('--preferred-chain <name>', 'common name of the topmost issuer of the wanted chain')
    .option('--account-url <url>', 'URL of the ACME account, for CAA records with accounturi')
    .addOption(
      new Option('--dns-resolver <host:port>', "DNS resolver to use instead of the system's; repeatable")
        .default([], "the system's")
        .argParser((server: string, before: readonly string[]) => [...before, toServer(server)]),
    )
    .addOption(
      new Option('--timeout <seconds>', 'for the whole examination; more for slow networks')
        .default(3)
        .argParser(toSeconds),
    )
    .option('--json', 'print the result as JSON')
    .addHelpText('after', EXAMPLES)
    .action(examineNames);
}

/** Runs the command alone. @param argv process.argv */
export async function runDoctorCommand(argv: readonly string[]): Promise<void> {
  exitOnOutputError();
  const program = new Command('certdesk')
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(`certdesk: ${text.replace(/^error: /, '')}`) });
  addDoctorCommand(program);
  try {
    await program.parseAsync([...argv]);
  } catch (error) {
    process.exitCode = reportFailure(error);
  }
}

/** @throws INVALID_REQUEST, UNKNOWN_CA */
async function examineNames(given: readonly string[], options: DoctorCommandOptions): Promise<void> {
  const names = [...new Set(given.map(readName))];
  if (names.length > MAX_NAMES)
    throw new CertdeskError('INVALID_REQUEST', `Enter at most ${MAX_NAMES} names`);
  const { staging = false, profile = null, challenge, dnsResolver } = options;
  const ca = describeCa({ ca: options.ca, staging, profile, names }, {});
  const policy = createAddressPolicy();
  const acme = createAcmeClient({
    requestTimeoutMs: 5_000,
    addressPolicy: policy,
    // The person at the keyboard named it.
    directoryOrigin: async () => 'named',
    userAgent: `Certdesk/${readInstallation().version}`,
  });
  const resolver = createDnsResolver({ servers: dnsResolver, addressPolicy: policy });
  const isOwnResolver = dnsResolver.length > 0;
  const deps: ExamineDeps = {
    resolver,
    policy,
    probe: null,
    clock: { now: () => new Date() },
    origin: 'named',
    timeoutMs: options.timeout * 1000,
    showAnswers: true,
    validators: isOwnResolver ? resolver.servers : [...resolver.servers, ...VALIDATORS],
    ports: { http: 80, https: 443 },
    askDirectory: (url, signal) => askDirectory(acme, url, signal),
    pendingValues: async () => new Set<string>(),
    findLimit: async () => null,
  };
  const { preferredChain: chain = null } = options;
  const unknownRoot = chain === null || staging || isMozillaRootName(chain) ? null : chain;
  const order = { names, challenge, ca, accountUrl: options.accountUrl, unknownRoot };
  const report = await examine(deps, order, new AbortController().signal);
  await acme.close();
  if (options.json === true) process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  else printReport(report);
  process.exitCode = report.findings.some(isProblem) ? 1 : 0;
}

/** @throws INVALID_REQUEST */
function readName(text: string): string {
  const name = toName(text);
  if (name !== null) return name;
  throw new CertdeskError('INVALID_REQUEST', `The name ${text} ${explainInvalidName(text)}`);
}

/** @throws INVALID_REQUEST */
function toSeconds(text: string): number {
  const seconds = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (seconds >= 1 && seconds <= MAX_SECONDS) return seconds;
  throw new CertdeskError('INVALID_REQUEST', `--timeout must be 1 to ${MAX_SECONDS} seconds, not ${text}`);
}

/** @throws INVALID_REQUEST */
function toServer(text: string): string {
  if (parseServer(text) !== null) return text;
  throw new CertdeskError('INVALID_REQUEST', `${text} is not a DNS server. Enter HOST or HOST:PORT`);
}
