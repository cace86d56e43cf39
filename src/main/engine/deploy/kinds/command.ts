// The kind `command`: runs a program or a script with the certificate in a temporary folder, laid out like certbot's
// live/NAME, so that existing deploy hooks work unchanged.
import { CertdeskError } from '../../core/errors.ts';
import { assertDeployable } from '../assert-deployable.ts';
import { createContent } from '../content.ts';
import { scriptContext } from '../definition.ts';
import { quoteAll } from '../quote.ts';
import { isInstalled, type Loaded, type Visit, type WalkDeps } from '../walk.ts';

/**
 * Creates the folder on a memory file system if there is one, runs the hook, and removes the folder whatever happens.
 * The texts arrive as shell variables, so that no list of processes or environment shows them.
 */
const PRELUDE = `set -u
umask 077
certdesk_base=/dev/shm
[ -d "$certdesk_base" ] && [ -w "$certdesk_base" ] || certdesk_base=\${TMPDIR:-/tmp}
certdesk_folder=$(mktemp -d "$certdesk_base/certdesk-XXXXXXXX") || exit 1
trap 'rm -rf "$certdesk_folder"' EXIT
trap 'exit 143' TERM
trap 'exit 130' INT
trap 'exit 129' HUP
RENEWED_LINEAGE=$certdesk_folder/$CERTDESK_LINEAGE
mkdir "$RENEWED_LINEAGE" || exit 1
printf '%s' "$certdesk_cert" > "$RENEWED_LINEAGE/cert.pem" || exit 1
printf '%s' "$certdesk_chain" > "$RENEWED_LINEAGE/chain.pem" || exit 1
printf '%s' "$certdesk_fullchain" > "$RENEWED_LINEAGE/fullchain.pem" || exit 1
printf '%s' "$certdesk_privkey" > "$RENEWED_LINEAGE/privkey.pem" || exit 1
unset certdesk_cert certdesk_chain certdesk_fullchain certdesk_privkey CERTDESK_LINEAGE
CERTDESK_CERTIFICATE=$RENEWED_LINEAGE/cert.pem
CERTDESK_CHAIN=$RENEWED_LINEAGE/chain.pem
CERTDESK_FULLCHAIN=$RENEWED_LINEAGE/fullchain.pem
CERTDESK_PRIVKEY=$RENEWED_LINEAGE/privkey.pem
export RENEWED_LINEAGE CERTDESK_CERTIFICATE CERTDESK_CHAIN CERTDESK_FULLCHAIN CERTDESK_PRIVKEY
set +u
`;
/** In a subshell, so that an \`exit\` of the hook does not skip the removal of the folder. */
const SCRIPT = '( umask 022; eval "$certdesk_script" )\n';

/**
 * Runs the command, unless it already ran for this version.
 * @returns whether it ran
 * @throws DEPLOYMENT_COMMAND_FAILED, and the errors of the transport and of assertDeployable
 */
export async function runCommandKind(deps: WalkDeps, visit: Visit, loaded: Loaded): Promise<boolean> {
  const { run, version } = loaded;
  const { host, transport, signal } = visit;
  assertDeployable(version, deps.clock.now());
  await run.begin('compare', 'Look up whether the command ran for this certificate');
  const again = run.record.force || !(await isInstalled(deps.stores, run));
  await run.done(again ? 'It has not run yet' : 'It has run');
  if (!again) return false;
  const { timeoutSeconds, environment } = run.deployment.steps;
  const { text, values } = await createHook(deps, loaded);
  const secrets = environment.flatMap(({ name, credentialId }) =>
    credentialId === null ? [] : [[name, loaded.secrets.get(credentialId) ?? ''] as const],
  );
  await run.begin('command', 'Run the command on the host');
  const result = await transport.run(
    { script: text },
    {
      environment: { ...loaded.environment, CERTDESK_LINEAGE: version.domain.replace(/^\*\./, '') },
      secrets: { ...values, ...Object.fromEntries(secrets) },
      redact: values.certdesk_privkey.split('\n').filter((line) => line.length > 16),
      timeoutMs: timeoutSeconds * 1_000,
    },
    signal,
  );
  const { exitCode, output, timedOut } = result;
  if (exitCode !== 0) {
    const why = timedOut ? `did not end within ${timeoutSeconds} seconds` : describeExit(exitCode);
    const message = `${host.name}: the command ${why}${tail(output)}`;
    throw new CertdeskError('DEPLOYMENT_COMMAND_FAILED', message, {
      host: host.name,
      step: 'command',
      exitCode,
      output,
    });
  }
  await run.done('The command succeeded', { output });
  return true;
}

async function createHook({ vault }: WalkDeps, { run, version }: Loaded) {
  const { chain, domain } = version;
  const privateKey = await vault.open(version.keySealed, `certificate:${version.id}`);
  const pair = { chain, privateKey, domain };
  const [cert, rest, full] = await Promise.all(
    (['certificate', 'chain', 'fullchain'] as const).map((content) => createContent(content, pair, null)),
  );
  const { command, scriptSealed, id } = run.deployment;
  const script = scriptSealed === null ? '' : await vault.open(scriptSealed, scriptContext(id));
  const argv = command !== null && 'argv' in command ? command.argv : null;
  return {
    text: `${PRELUDE}${argv === null ? SCRIPT : `( umask 022; exec ${quoteAll(argv)} )\n`}`,
    values: {
      certdesk_cert: String(cert),
      certdesk_chain: String(rest),
      certdesk_fullchain: String(full),
      certdesk_privkey: privateKey,
      certdesk_script: script,
    },
  };
}

export function describeExit(exitCode: number | null): string {
  if (exitCode === null) return 'was ended by a signal';
  if (exitCode === 127) return 'was not found (exit code 127)';
  if (exitCode === 126) return 'may not be executed (exit code 126)';
  return `failed with exit code ${exitCode}`;
}

/** The last line of the output, for the message. */
export function tail(output: string): string {
  const line = output.trim().split('\n').at(-1)?.trim().slice(0, 300) ?? '';
  return line === '' ? '' : `: ${line}`;
}
