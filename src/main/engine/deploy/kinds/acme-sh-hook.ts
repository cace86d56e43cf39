// The kind `acme-sh-hook`: runs a script of acme.sh's deploy/ folder on the machine of Certdesk, like the DNS scripts in a
// private folder with only what it was given (https://github.com/acmesh-official/acme.sh/wiki/deployhooks).
import { access, constants, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CertdeskError } from '../../core/errors.ts';
import type { Stores } from '../../core/stores.ts';
import { withScriptFolder } from '../../dns/providers/acme-sh/script-folder.ts';
import { runScript } from '../../dns/providers/acme-sh/script-runner.ts';
import { environmentIn, findTrusted } from '../../dns/providers/acme-sh/trusted-script.ts';
import { createRedactor } from '../../dns/providers/redact.ts';
import { assertDeployable } from '../assert-deployable.ts';
import { createContent } from '../content.ts';
import { isInstalled, type Loaded, type WalkDeps } from '../walk.ts';
import { describeExit } from './command.ts';

export interface AcmeShHookDeps extends WalkDeps {
  readonly vault: WalkDeps['vault'] & { seal(text: string, context: string): Promise<Uint8Array> };
  /** The startup option `--acme-sh-folder`; null if it was not given. */
  readonly acmeShFolder: string | null;
}

/**
 * acme.sh ends with `main "$@"`: without arguments it prints its help. A script that the folder of acme.sh gives is called as
 * `deploy` of acme.sh calls it: it reads the file of the domain first, where older scripts save variables under their own name; the PKCS#12 file does not exist, as in acme.sh unless somebody exports it.
 */
const CODE = `umask 077
certdesk_acme=$1 certdesk_hook=$2 certdesk_call=$3 certdesk_domain=$4
set --
. "$certdesk_acme" >/dev/null
. "$DOMAIN_CONF"
. "$certdesk_hook" || exit 1
"$certdesk_call" "$certdesk_domain" "$CERT_KEY_PATH" "$CERT_PATH" "$CA_CERT_PATH" "$CERT_FULLCHAIN_PATH" "$CERT_PFX_PATH"`;

const HOST = 'acme.sh';
/** Characters. What a script saves is a few variables. */
const MAX_SAVED = 64 * 1024;

/** @throws ACME_SH_DISABLED; DEPLOYMENT_COMMAND_FAILED if the script cannot be used */
export async function findHook(
  folder: string | null,
  script: string,
): Promise<{ readonly acme: string; readonly hook: string }> {
  if (folder === null) throw new CertdeskError('ACME_SH_DISABLED');
  const inside = join(folder, 'deploy', `${script}.sh`);
  const found = await access(inside, constants.R_OK).then(
    () => true,
    () => false,
  );
  const [acme, hook] = await Promise.all([
    findTrusted(join(folder, 'acme.sh')),
    findTrusted(found ? inside : join(folder, `${script}.sh`)),
  ]);
  if (acme.path === null || hook.path === null) throw failed(acme.problem ?? hook.problem ?? '', null, '');
  const lines = (await readFile(hook.path, 'utf8')).split('\n').map((line) => line.replaceAll(/\s/g, ''));
  if (lines.some((line) => line.startsWith(`${script}_deploy(`))) return { acme: acme.path, hook: hook.path };
  throw failed(`${hook.path} has no function ${script}_deploy.`, null, '');
}

/**
 * Runs the script, unless it already ran for this version.
 * @returns whether it ran
 * @throws DEPLOYMENT_COMMAND_FAILED, and the errors of `findHook` and `assertDeployable`
 */
export async function runAcmeShHook(
  deps: AcmeShHookDeps,
  loaded: Loaded,
  signal: AbortSignal,
): Promise<boolean> {
  const { run, version } = loaded;
  assertDeployable(version, deps.clock.now());
  const again = run.record.force || !(await isInstalled(deps.stores, run));
  if (!again) return false;
  const { id, options, steps } = run.deployment;
  const script = options.script ?? '';
  const { acme, hook } = await findHook(deps.acmeShFolder, script);
  const { saved, context } = await readSaved(deps, id);
  const privateKey = await deps.vault.open(version.keySealed, `certificate:${version.id}`);
  const pair = { chain: version.chain, privateKey, domain: version.domain };
  const given = steps.environment.flatMap(({ name, credentialId }) =>
    credentialId === null ? [] : [[name, loaded.secrets.get(credentialId) ?? ''] as const],
  );
  await run.begin('command', `Run ${script}_deploy`);
  const { result, left } = await withScriptFolder(async (home) => {
    const files = {
      CERT_KEY_PATH: ['privkey', `${version.domain}.key`],
      CERT_PATH: ['certificate', `${version.domain}.cer`],
      CA_CERT_PATH: ['chain', 'ca.cer'],
      CERT_FULLCHAIN_PATH: ['fullchain', 'fullchain.cer'],
    } as const;
    const paths: Record<string, string> = { CERT_PFX_PATH: join(home, `${version.domain}.pfx`) };
    for (const [name, [content, file]] of Object.entries(files)) {
      paths[name] = join(home, file.replace('*', '_'));
      await writeFile(paths[name], await createContent(content, pair, null), { mode: 0o600 });
    }
    await writeFile(join(home, 'account.conf'), '', { mode: 0o600 });
    await writeFile(join(home, 'domain.conf'), saved, { mode: 0o600 });
    const ran = await runScript({
      code: CODE,
      args: [acme, hook, `${script}_deploy`, version.domain],
      env: {
        ...loaded.environment,
        ...Object.fromEntries(given),
        ...environmentIn(home),
        ...paths,
        DOMAIN_PATH: home,
        Le_Domain: version.domain,
      },
      folder: home,
      timeoutMs: steps.timeoutSeconds * 1_000,
      signal,
    });
    return { result: ran, left: await readFile(join(home, 'domain.conf'), 'utf8').catch(() => saved) };
  });
  const redactor = createRedactor([privateKey, ...given.map(([, value]) => value), ...valuesIn(left)]);
  const output = redactor.text(result.complaint);
  const { exitCode, timedOut } = result;
  if (exitCode !== 0) {
    const why = timedOut ? `did not end within ${steps.timeoutSeconds} seconds` : describeExit(exitCode);
    throw failed(`${script}_deploy ${why}${output === '' ? '' : `: ${output}`}`, exitCode, output);
  }
  if (left !== saved && left.length <= MAX_SAVED) {
    const savedSealed = await deps.vault.seal(left, context);
    await deps.stores.transaction((tx) => tx.deployments.update(id, { savedSealed }));
  }
  await run.done('The script succeeded', { output });
  return true;
}

/** What the script saved with _savedeployconf in earlier runs: the text of the file that acme.sh reads. */
async function readSaved(
  { stores, vault }: Pick<AcmeShHookDeps, 'vault'> & { readonly stores: Stores },
  id: string,
) {
  const context = `deployment-saved:${id}`;
  const sealed = (await stores.deployments.get(id))?.savedSealed ?? null;
  return { context, saved: sealed === null ? '' : await vault.open(sealed, context) };
}

/** Saved values, which must not appear in an output: NAME='value' per line. */
const valuesIn = (text: string): readonly string[] =>
  text.split('\n').flatMap((line) => /^\w+='(.*)'$/.exec(line)?.[1] ?? []);

function failed(message: string, exitCode: number | null, output: string): CertdeskError {
  return new CertdeskError('DEPLOYMENT_COMMAND_FAILED', message, {
    host: HOST,
    step: 'command',
    exitCode,
    output,
  });
}
