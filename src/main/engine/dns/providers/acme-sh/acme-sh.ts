// Runs the dnsapi scripts of an installed acme.sh (https://github.com/acmesh-official/acme.sh/wiki/dnsapi), which support
// over 150 providers: dns_NAME_add FULLDOMAIN VALUE and dns_NAME_rm FULLDOMAIN VALUE. Some scripts exit with 0 even if they
// fail, so dns-01.ts checks the name servers.

import { constants } from 'node:fs';
import { access, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CertdeskError } from '../../../core/errors.ts';
import { invalidCredential } from '../../../core/invalid.ts';
import type { Json } from '../../../core/model.ts';
import { type DnsProvider, defineDnsProvider, type ProviderTools } from '../provider.ts';
import { readTxtRef, txtRefFor } from '../txt-ref.ts';
import { requireAcmeShFolder } from './find-folder.ts';
import { withScriptFolder } from './script-folder.ts';
import { runScript } from './script-runner.ts';
import { environmentIn, findTrusted, RESERVED_VARIABLE } from './trusted-script.ts';

const TIMEOUT_MS = 120_000;

/** acme.sh ends with `main "$@"`. Without arguments it prints its help; with ours it would execute them. */
const CODE = `umask 077
certdesk_acme=$1 certdesk_hook=$2 certdesk_call=$3 certdesk_name=$4 certdesk_value=$5
set --
. "$certdesk_acme" >/dev/null
. "$certdesk_hook"
"$certdesk_call" "$certdesk_name" "$certdesk_value"`;

export const acmeSh = defineDnsProvider({
  id: 'acme-sh',
  name: 'acme.sh script',
  docs: 'https://github.com/acmesh-official/acme.sh/wiki/dnsapi',
  permissions: 'See the script’s page. Certdesk’s user must be able to read the acme.sh folder.',
  credentials: [
    {
      name: 'script',
      label: 'Script',
      secret: false,
      required: true,
      type: 'text',
      help: 'Script name as used with acme.sh --dns, for example dns_hetzner.',
    },
    {
      name: 'environment',
      label: 'Environment variables',
      secret: true,
      required: false,
      type: 'lines',
      help: 'One NAME=value per line, as documented for the script.',
    },
  ],
  retired: ['scriptsFolder'],
  propagation: { timeout: 300, interval: 5 },
  create({ script, environment }, tools) {
    const folder = requireAcmeShFolder(tools.acmeShFolder);
    if (process.platform === 'win32') {
      throw new CertdeskError('UNSUPPORTED_DNS_PROVIDER', 'acme.sh scripts run on Linux and macOS only.');
    }
    const name = String(script);
    if (!/^dns_\w{1,60}$/.test(name))
      throw invalidCredential('script', 'is not the name of a dnsapi script, such as dns_cf');
    return createAcmeSh({ folder, script: name, environment: readEnvironment(environment) }, tools);
  },
});

interface Hook {
  readonly folder: string;
  readonly script: string;
  readonly environment: Readonly<Record<string, string>>;
}

function createAcmeSh(hook: Hook, tools: ProviderTools): DnsProvider {
  const { timeoutMs = TIMEOUT_MS } = tools;
  return {
    zoneOptional: true,
    unsure: true,
    async addTxt(record, signal) {
      await call('add', record, signal);
      return txtRefFor(record);
    },
    async removeTxt(ref, signal) {
      await call('rm', readTxtRef(ref), signal);
    },
    refFor: txtRefFor,
  };

  async function call(action: 'add' | 'rm', record: { name: string; value: string }, signal: AbortSignal) {
    const acme = await trusted(join(hook.folder, 'acme.sh'));
    const script = await findScript(hook);
    const name = `${hook.script}_${action}`;
    await assertUsed(script, hook.environment);
    const result = await withScriptFolder(async (home) => {
      await writeFile(join(home, 'account.conf'), '', { mode: 0o600 });
      return runScript({
        code: CODE,
        args: [acme, script, name, record.name, record.value],
        env: { ...hook.environment, ...environmentIn(home) },
        folder: home,
        timeoutMs,
        signal,
      });
    });
    if (result.timedOut) throw tools.http.unavailable(`${name} did not finish within ${timeoutMs / 1000} s.`);
    if (result.exitCode === 0) return;
    const said = result.complaint === '' ? 'no reason given' : result.complaint;
    const text = `${name} failed (exit code ${result.exitCode ?? 'none'}): ${said}`;
    throw tools.http.refused({ status: result.exitCode ?? -1 }, text, { credentials: false });
  }
}

async function findScript({ folder, script }: Hook): Promise<string> {
  const inside = join(folder, 'dnsapi', `${script}.sh`);
  const found = await access(inside, constants.R_OK).then(
    () => true,
    () => false,
  );
  return trusted(found ? inside : join(folder, `${script}.sh`));
}

/** Other users must not be able to change code that runs with Certdesk's permissions. */
async function trusted(path: string): Promise<string> {
  const found = await findTrusted(path);
  if (found.path === null)
    throw new CertdeskError('UNSUPPORTED_DNS_PROVIDER', found.problem, { field: 'dnsProvider' });
  return found.path;
}

function readEnvironment(value: Json | undefined): Readonly<Record<string, string>> {
  if (typeof value !== 'object' || value === null) return {};
  const pairs = Object.entries(value).map(([name, text]) => [name, String(text)] as const);
  const wrong = pairs.find(([name]) => !/^[A-Za-z_]\w*$/.test(name) || RESERVED_VARIABLE.test(name));
  if (wrong === undefined) return Object.fromEntries(pairs);
  throw invalidCredential('environment', `may not set ${wrong[0].slice(0, 60)}`);
}

/** Rejects variables that the script does not mention, because they could influence the programs that it runs. */
async function assertUsed(script: string, environment: Hook['environment']): Promise<void> {
  const words = new Set((await readFile(script, 'utf8')).match(/\w+/g));
  const unused = Object.keys(environment).find((name) => !words.has(name));
  if (unused !== undefined)
    throw invalidCredential('environment', `sets ${unused}, which the script does not use`);
}
