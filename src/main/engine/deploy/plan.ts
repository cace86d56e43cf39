// Decides what a run does, and says it in sentences. Pure.
import { CLIENT_AUTH_ADVICE, CLIENT_USES, explainNoClientAuth } from '../../../shared/client-auth.ts';
import type {
  CommandInput,
  DeploymentKind,
  DeploymentSteps,
  DeploymentVerify,
} from '../../../shared/deployment.ts';
import { type DeploymentFile, FILE_CONTENT_LABELS, hasKey } from '../../../shared/deployment.ts';
import { isHostless } from '../../../shared/deployment-kinds.ts';
import type { DeploymentWindow } from '../../../shared/deployment-window.ts';
import { DEFAULT_ROLLOUT, type Rollout } from '../../../shared/rollout.ts';
import { dayName, WEEK } from '../../../shared/week.ts';
import type { DeploymentCommand } from '../core/model-deploy.ts';
import type { DesiredFile } from './content.ts';
import type { KindOptions } from './kinds/options.ts';
import type { FileState } from './transport.ts';

export interface Comparison {
  /** Files that are missing or have another content, owner, group or mode. */
  readonly changed: readonly DesiredFile[];
  /** Whether there is nothing to do. */
  readonly unchanged: boolean;
}

export interface CompareOptions {
  /** Replace all files even if they are equal. */
  readonly force: boolean;
  /** Files of an earlier run are in place that the service has not loaded. */
  readonly reloadOwed: boolean;
  /** Whether the last run on the host installed this same version and the deployment is unchanged since. */
  readonly sameVersion: boolean;
}

/** @param states In the order of `files`; null for a file that does not exist. */
export function compareFiles(
  files: readonly DesiredFile[],
  states: readonly (FileState | null)[],
  { force, reloadOwed, sameVersion }: CompareOptions,
): Comparison {
  const changed = files.filter((file, at) => force || !isInPlace(file, states[at] ?? null, sameVersion));
  return { changed, unchanged: changed.length === 0 && !reloadOwed };
}

function isInPlace(file: DesiredFile, state: FileState | null, sameVersion: boolean): boolean {
  if (state === null) return false;
  const sameContent = file.isStable ? state.sha256.toLowerCase() === file.sha256 : sameVersion;
  return sameContent && hasOwnership(file, state);
}

/** Numbers are compared by the run itself: a host reports names. */
function hasOwnership({ owner, group, mode }: DesiredFile, state: FileState): boolean {
  const isNumber = (text: string | null) => text !== null && /^\d+$/.test(text);
  return (
    (owner === null || isNumber(owner) || owner === state.owner) &&
    (group === null || isNumber(group) || group === state.group) &&
    (mode === null || Number.parseInt(mode, 8) === Number.parseInt(state.mode, 8))
  );
}

export interface Described {
  readonly files: readonly DeploymentFile[];
  readonly command: DeploymentCommand | CommandInput | null;
  readonly steps: DeploymentSteps;
  readonly verify: DeploymentVerify | null;
  readonly window: DeploymentWindow | null;
  readonly rollout: Rollout;
  readonly kind: DeploymentKind;
  readonly recipe: string | null;
  readonly options: KindOptions;
}

/** Says in order what a run does. @param hosts Their names. */
export function describeRun(
  described: Described,
  { hosts, domain }: { readonly hosts: readonly string[]; readonly domain: string | null },
): readonly string[] {
  const { files, command, steps, verify, window, rollout } = described;
  if (isHostless(described.kind)) return [...windowSentences(window), ...hostlessSentences(described)];
  const where = hosts.length === 0 ? 'No host is selected yet.' : `On ${listOf(hosts)}:`;
  const writes = files.map(
    (file) => `Write ${lower(FILE_CONTENT_LABELS[file.content])} to ${file.path}${asOwned(file)}.`,
  );
  const together =
    files.length > 1 ? ['Replace all files together, and keep the previous ones for a rollback.'] : [];
  return [
    ...windowSentences(window),
    where,
    ...(hosts.length > 1 ? rolloutSentences(rollout) : []),
    ...writes,
    ...together,
    ...commandSentences(command, steps),
    ...verifySentences(verify, domain),
  ];
}

function hostlessSentences({ kind, options, steps }: Described): readonly string[] {
  if (kind === 'aws-acm')
    return [
      options.arn === undefined
        ? `Import certificate, intermediates and private key into AWS Certificate Manager in ${options.region}, and remember the ARN.`
        : `Import certificate, intermediates and private key under the same ARN, ${options.arn}. Its tags stay.`,
      'If AWS has this certificate already, change nothing.',
    ];
  return [
    `Run ${options.script}_deploy of acme.sh on the machine of Certdesk within ${steps.timeoutSeconds} seconds, with the certificate in a temporary folder.`,
    'Keep what the script saves, sealed, for its next run.',
  ];
}

function asOwned({ owner, group, mode, replace }: DeploymentFile): string {
  const parts = [
    ...(owner === null ? [] : [`owner ${owner}`]),
    ...(group === null ? [] : [`group ${group}`]),
    ...(mode === null ? [] : [`mode ${mode}`]),
    ...(replace === 'in-place' ? ['in place (not atomic)'] : []),
  ];
  return parts.map((part) => `, ${part}`).join('');
}

function rolloutSentences({ strategy, stopOnFailure, concurrency, groups }: Rollout): readonly string[] {
  return [
    ...(strategy === 'canary'
      ? ['Begin with the first host, the canary, and wait until it has succeeded.']
      : []),
    ...(groups.length === 0
      ? []
      : [`Complete each group before the next: ${groups.join(', ')}, then the rest.`]),
    ...(concurrency === DEFAULT_ROLLOUT.concurrency
      ? []
      : [`Work on ${concurrency} ${concurrency === 1 ? 'host' : 'hosts'} at a time.`]),
    ...(stopOnFailure ? ['Stop if a host fails: hosts that have not begun wait.'] : []),
  ];
}

function windowSentences(window: DeploymentWindow | null): readonly string[] {
  if (window === null) return [];
  const { days, start, end, timeZone } = window;
  const when = days.length === WEEK.length ? 'every day' : days.map(dayName).join(', ');
  const nextDay = end > start ? '' : ' the next day';
  return [
    `Wait for the window: ${when} from ${start} to ${end}${nextDay} (${timeZone}). Do not wait if the installed certificate would expire first, or once less than a tenth of its lifetime is left.`,
  ];
}

function commandSentences(command: Described['command'], steps: DeploymentSteps): readonly string[] {
  const { validateCommand, reloadCommand, timeoutSeconds } = steps;
  const limit = `within ${timeoutSeconds} seconds`;
  return [
    ...(command === null
      ? []
      : [
          'argv' in command
            ? `Run ${shown(command.argv)} ${limit}, with the certificate in a temporary folder.`
            : `Run the script ${limit}, with the certificate in a temporary folder.`,
        ]),
    ...(validateCommand === null
      ? []
      : [
          `Check the configuration with ${shown(validateCommand)}; if that fails, put the previous files back.`,
        ]),
    ...(reloadCommand === null
      ? []
      : [`Reload the service with ${shown(reloadCommand)}; if that fails, put the previous files back.`]),
  ];
}

function verifySentences(verify: DeploymentVerify | null, domain: string | null): readonly string[] {
  if (verify === null) return ['The served certificate is not checked.'];
  const { port, protocol, serverName, graceSeconds, onWorse } = verify;
  const how = protocol === 'tls' ? 'TLS' : `STARTTLS (${protocol})`;
  const worse =
    onWorse === 'rollback'
      ? 'If the service works worse than before, put the previous files back.'
      : 'If the service works worse than before, keep the new files and report it.';
  const name = serverName ?? domain ?? 'the domain';
  return [
    `Connect to port ${port} with ${how} as ${name}, and wait up to ${graceSeconds} seconds for the new certificate.`,
    worse,
  ];
}

/**
 * Points out what is legal but probably not meant.
 * @param how.forServersOnly Whether the certificate of the project does not permit client authentication.
 * @param how.acknowledgedUses Uses as a client (shared/client-auth.ts) that need no warning.
 * @param how.window What is wrong with the window, as a sentence; null if nothing is.
 */
export function warnAbout(
  { files, steps, command, recipe }: Pick<Described, 'files' | 'steps' | 'command' | 'recipe'>,
  how: {
    readonly forServersOnly: boolean;
    readonly acknowledgedUses: readonly string[];
    readonly window: string | null;
  },
): readonly string[] {
  const isClient =
    recipe !== null && Object.hasOwn(CLIENT_USES, recipe) && !how.acknowledgedUses.includes(recipe);
  return [
    ...(how.window === null ? [] : [how.window]),
    ...(isClient && how.forServersOnly ? [`${explainNoClientAuth(recipe)} ${CLIENT_AUTH_ADVICE}`] : []),
    ...(files.length > 0 && steps.reloadCommand === null
      ? ['No command reloads the service, so it may serve the old certificate until it is restarted.']
      : []),
    ...(files.length > 0 && !files.some(({ content }) => hasKey(content))
      ? ['No file has the private key, and a renewal usually creates a new one.']
      : []),
    ...(files.some(({ replace }) => replace === 'in-place')
      ? ['A file that is written in place is incomplete for a moment, and a crash can leave it so.']
      : []),
    ...files
      .filter(
        ({ content, mode }) => hasKey(content) && mode !== null && (Number.parseInt(mode, 8) & 0o007) !== 0,
      )
      .map(({ path, mode }) => `Everyone on the host can read the private key in ${path} (mode ${mode}).`),
    ...(command !== null && 'argv' in command && command.argv[0] === 'sh'
      ? ['A script is easier to read as a stored script than as an argument of sh.']
      : []),
  ];
}

const lower = (label: string): string =>
  /^[A-Z]+#/.test(label) ? label : label.charAt(0).toLowerCase() + label.slice(1);
const shown = (argv: readonly string[]): string =>
  `"${argv.map((word) => (/^[\w./:=@%+-]+$/.test(word) ? word : `'${word}'`)).join(' ')}"`;

/** The first few names, and how many more. */
function listOf(names: readonly string[]): string {
  const shownNames = names.slice(0, 5).join(', ');
  return names.length <= 5 ? shownNames : `${shownNames} and ${names.length - 5} more hosts`;
}
