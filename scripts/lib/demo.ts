// Obtains a certificate on this machine alone: Pebble is the CA, and every name resolves to this machine.
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Pebble, startPebble } from '../../test/support/acme/pebble.ts';
import { pebbleArgs, runCertdesk, type Server, startServer } from '../../test/support/server/server.ts';
import { buildOrExit } from './build.ts';
import { toolPath } from './find-tool.ts';
import { createInstallers, prepareTools } from './install-tools.ts';

const DOMAIN = 'shop.example.com';
/** With --stay this name shows how Certdesk explains a failure. */
const BROKEN = 'broken.example.com';

const HELP = `npm run demo             obtains a certificate from a test CA by the REST API, and prints every step
npm run demo -- --stay   the same, then keeps the server running and prints a sign-in link for a browser
All data is in a temporary folder, and nothing leaves this machine.`;

export async function demo(args: readonly string[]): Promise<void> {
  const unknown = args.find((arg) => arg !== '--stay');
  if (unknown !== undefined) {
    say(HELP);
    process.exitCode = unknown === '--help' ? 0 : 2;
    return;
  }
  await buildOrExit();
  const install = createInstallers();
  const { env, missing } = await prepareTools(['openssl', 'pebble'], {
    env: process.env,
    install,
    say: () => {},
  });
  const [lacking] = Object.values(missing);
  if (lacking !== undefined) {
    process.stderr.write(`The demo needs Pebble and OpenSSL: ${lacking}\n`);
    process.exitCode = 2;
    return;
  }
  Object.assign(process.env, env);
  const folder = await mkdtemp(join(tmpdir(), 'certdesk-demo-'));
  const stops: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })];
  try {
    await walk({ folder, stops, stay: args.includes('--stay') });
  } finally {
    for (const stop of stops.reverse()) await stop();
  }
}

interface Walk {
  readonly folder: string;
  readonly stops: (() => Promise<unknown>)[];
  readonly stay: boolean;
}

async function walk({ folder, stops, stay }: Walk): Promise<void> {
  const pebble = await startPebble();
  stops.push(pebble.stop);
  say(`1. A test CA (Pebble) runs: ${pebble.directoryUrl}`);
  const dataFolder = join(folder, 'data');
  const resolver = ['--dns-resolver', pebble.challtestsrv.dnsAddress]; // "Test reachability" asks as Pebble does
  const server = await startServer({
    dataFolder,
    args: [...(await pebbleArgs(folder, pebble)), ...resolver],
  });
  stops.push(() => server.stop());
  say(`2. Certdesk runs: ${server.address}, with the temporary data folder ${dataFolder}`);
  const made = await runCertdesk([
    'token',
    'create',
    '--data-dir',
    dataFolder,
    '--name',
    'demo',
    '--scope',
    'projects:write',
  ]);
  const token = made.trim();
  say('3. Create an API token: certdesk token create --name demo --scope projects:write');
  await obtain(server, token);
  await verify({ folder, pebble, server, token });
  await pebble.challtestsrv.setServfail(BROKEN);
  if (stay) await untilInterrupted(server, dataFolder);
  else say('\nTo do the same in a browser: npm run demo -- --stay');
}

async function obtain(server: Server, token: string): Promise<void> {
  const project = await server.call('POST', '/projects', { token, body: { domain: DOMAIN } });
  const id = String(project.body.id);
  say(`4. Create a project for ${DOMAIN}: POST /api/v1/projects`);
  const body = { challengeType: 'http-01', email: 'admin@example.com', keyType: 'ec' };
  const began = performance.now();
  const answer = await server.call('POST', `/projects/${id}/certificate/obtain`, { token, body });
  const took = Math.round(performance.now() - began);
  if (answer.status !== 200) throw new Error(`The certificate was not obtained: ${answer.text}`);
  say(`5. Obtain its certificate: POST /api/v1/projects/${id}/certificate/obtain took ${took} ms`);
  const jobs = await server.call('GET', `/jobs?project=${id}`, { token });
  const job = await server.call('GET', `/jobs/${jobs.body.jobs?.['0']?.id}`, { token });
  for (const step of Object.values(job.body.steps ?? {})) say(`     ${step.at}  ${step.message}`);
  say(`   ${answer.text}`);
}

interface Verify {
  readonly folder: string;
  readonly pebble: Pebble;
  readonly server: Server;
  readonly token: string;
}

async function verify({ folder, pebble, server, token }: Verify): Promise<void> {
  const list = await server.call('GET', `/projects?q=${DOMAIN}`, { token });
  const path = `/projects/${list.body.projects?.['0']?.id}/certificate/download`;
  const [leaf, chain, root] = ['certificate.pem', 'chain.pem', 'root.pem'].map((name) =>
    join(folder, name),
  ) as [string, string, string];
  const pem = (await server.call('GET', `${path}?format=pem`, { token })).text;
  await writeFile(leaf, pem);
  await writeFile(chain, (await server.call('GET', `${path}?format=chain`, { token })).text);
  await writeFile(root, (await pebble.issuerRoots())[0] ?? '');
  say(`6. Download the certificate: GET /api/v1${path}?format=pem`);
  say(pem.trim());
  const checked = await promisify(execFile)(toolPath('CERTDESK_TEST_OPENSSL'), [
    'verify',
    '-CAfile',
    root,
    '-untrusted',
    chain,
    '-verify_hostname',
    DOMAIN,
    leaf,
  ]);
  say(
    `7. Verify it with openssl against Pebble's root: ${checked.stdout.trim().replace(leaf, 'certificate.pem')}`,
  );
}

async function untilInterrupted(server: Server, dataFolder: string): Promise<void> {
  const link = await runCertdesk(['login-link', '--data-dir', dataFolder]);
  say(`\nThe server runs at ${server.address} until Ctrl-C. Sign in with this link, once: ${link.trim()}`);
  say(`Every name gets a certificate there except ${BROKEN}, which shows how Certdesk explains a failure.`);
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
