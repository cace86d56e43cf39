// The values of the form for a deployment, their checks, and their conversion to a request.

import type {
  CommandInput,
  CreateDeployment,
  Deployment,
  DeploymentFile,
  DeploymentKind,
  DeploymentPreview,
  DeploymentSteps,
  DeploymentVerify,
  HostSelection,
  RecipeInfo,
  UpdateDeployment,
} from '../../shared/deployment.ts';
import type { DeploymentWindow } from '../../shared/deployment-window.ts';
import { toPathPart } from '../../shared/ip-address.ts';
import { protocolOf } from '../../shared/recipe-protocols.ts';
import { DEFAULT_ROLLOUT, type Rollout } from '../../shared/rollout.ts';
import { WEEK, type WindowDay } from '../../shared/week.ts';
import { deployments as deploymentTexts } from '../messages/deployments.ts';
import { timeZone } from '../time-zone.ts';
import { checkLabel } from '../ui/field-checks.ts';
import { formatArgv, parseArgv } from './argv.ts';
import { checkOptions, isHostlessService } from './kind-options.ts';

const text = deploymentTexts.form;

export interface FileValues {
  /** Identifies the row while rows come and go. */
  readonly key: number;
  readonly content: DeploymentFile['content'];
  readonly path: string;
  readonly owner: string;
  readonly group: string;
  readonly mode: string;
  readonly replace: DeploymentFile['replace'];
  readonly passwordCredentialId: string | null;
}

export interface VariableValues {
  readonly key: number;
  readonly name: string;
  readonly value: string;
  /** A credential instead of a value. */
  readonly credentialId: string | null;
}

export interface DeploymentValues {
  /** The ID of a recipe, or `files` or `command` without one. */
  readonly service: string;
  readonly options: Readonly<Record<string, string>>;
  readonly selection: 'ids' | 'tag';
  readonly hostIds: string[];
  readonly tag: string | null;
  readonly name: string;
  /** Whether files, commands and the check are given here and not by the recipe. */
  readonly custom: boolean;
  readonly files: readonly FileValues[];
  readonly commandAs: 'argv' | 'script';
  readonly argv: string;
  readonly script: string;
  readonly validateCommand: string;
  readonly reloadCommand: string;
  readonly timeoutSeconds: number | string;
  readonly environment: readonly VariableValues[];
  readonly verify: boolean;
  readonly port: number | string;
  readonly protocol: DeploymentVerify['protocol'];
  readonly serverName: string;
  readonly graceSeconds: number | string;
  readonly onWorse: DeploymentVerify['onWorse'];
  /** Whether it deploys only in a window. */
  readonly windowed: boolean;
  readonly days: readonly WindowDay[];
  readonly start: string;
  readonly end: string;
  readonly timeZone: string;
  readonly rollout: Rollout;
  /** ID of the deployment that comes before. */
  readonly after: string | null;
}

/** Field -> error. Fields of rows are named `files.0.path`, as in the server's errors. */
export type DeploymentErrors = Readonly<Record<string, string>>;

/** What each part of the form receives. */
export interface PartProps {
  readonly values: DeploymentValues;
  readonly errors: DeploymentErrors;
  onChange(patch: Partial<DeploymentValues>): void;
}

let lastKey = 0;
const nextKey = (): number => {
  lastKey += 1;
  return lastKey;
};

export const newFile = (content: DeploymentFile['content'] = 'fullchain'): FileValues => ({
  key: nextKey(),
  content,
  path: '',
  owner: '',
  group: '',
  mode: '',
  replace: 'rename',
  passwordCredentialId: null,
});

export const newVariable = (): VariableValues => ({
  key: nextKey(),
  name: '',
  value: '',
  credentialId: null,
});

export function newDeployment(service: string, hostId: string | undefined): DeploymentValues {
  return {
    service,
    options: {},
    selection: 'ids',
    hostIds: hostId === undefined ? [] : [hostId],
    tag: null,
    name: '',
    custom: isWithoutRecipe(service),
    files: service === 'files' ? [newFile('fullchain'), newFile('privkey')] : [],
    commandAs: 'argv',
    argv: '',
    script: '',
    validateCommand: '',
    reloadCommand: '',
    timeoutSeconds: 60,
    environment: [],
    verify: false,
    port: 443,
    protocol: 'tls',
    serverName: '',
    graceSeconds: 30,
    onWorse: 'rollback',
    windowed: false,
    days: [...WEEK],
    start: '02:00',
    end: '04:00',
    timeZone: timeZone.get(),
    rollout: DEFAULT_ROLLOUT,
    after: null,
  };
}

export const isWithoutRecipe = (service: string): boolean =>
  service === 'files' || service === 'command' || isHostlessService(service);

/** Returns the values with files, commands and check as a preview or a saved deployment has them. */
export function withParts(
  values: DeploymentValues,
  { files, steps, verify }: Pick<DeploymentPreview, 'files' | 'steps' | 'verify'>,
): DeploymentValues {
  return {
    ...values,
    custom: true,
    files: files.map((file) => ({
      key: nextKey(),
      content: file.content,
      path: file.path,
      owner: file.owner ?? '',
      group: file.group ?? '',
      mode: file.mode ?? '',
      replace: file.replace,
      passwordCredentialId: file.passwordCredentialId,
    })),
    validateCommand: formatArgv(steps.validateCommand ?? []),
    reloadCommand: formatArgv(steps.reloadCommand ?? []),
    timeoutSeconds: steps.timeoutSeconds,
    environment: steps.environment.map(({ name, value, credentialId }) => ({
      key: nextKey(),
      name,
      value: value ?? '',
      credentialId,
    })),
    verify: verify !== null,
    ...(verify === null ? {} : { ...verify, serverName: verify.serverName ?? '' }),
  };
}

export function valuesOfDeployment(deployment: Deployment): DeploymentValues {
  const { name, kind, hosts, command, window, rollout, after } = deployment;
  const base = newDeployment(kind, undefined);
  const argv = command !== null && 'argv' in command ? formatArgv(command.argv) : '';
  return {
    ...withParts(base, deployment),
    name,
    options: deployment.options,
    ...('tag' in hosts ? { selection: 'tag', tag: hosts.tag } : {}),
    ...('ids' in hosts ? { hostIds: [...hosts.ids] } : {}),
    argv,
    ...(window === null ? {} : { windowed: true, ...window }),
    rollout,
    after,
    commandAs: command !== null && 'script' in command ? 'script' : 'argv',
  };
}

/**
 * Checks the values that the server cannot name as well as the form does.
 * @param domain Of the project; null if it has none.
 * @param keepsScript Whether an empty script keeps the stored one.
 */
export function checkDeployment(
  values: DeploymentValues,
  recipe: RecipeInfo | undefined,
  domain: string | null,
  keepsScript = false,
): DeploymentErrors {
  const errors: Record<string, string | null> = { name: checkLabel(values.name) };
  const hostless = isHostlessService(values.service) ? values.service : null;
  if (hostless !== null) Object.assign(errors, checkOptions(hostless, values.options));
  else if (values.selection === 'ids' && values.hostIds.length === 0) errors.hosts = text.hostsMissing;
  else if (values.selection === 'tag' && values.tag === null) errors.hosts = text.tagMissing;
  for (const { name, label, required, default: standard } of recipe?.fields ?? []) {
    if (required && (values.options[name] ?? standard).trim() === '')
      errors[`options.${name}`] = text.fieldMissing(label);
  }
  if (values.windowed) {
    if (values.days.length === 0) errors['window.days'] = text.window.daysMissing;
    if (values.start === '') errors['window.start'] = text.window.timeMissing;
    if (values.end === '') errors['window.end'] = text.window.timeMissing;
  }
  if (values.custom) Object.assign(errors, checkParts(values));
  const verifies = values.custom ? values.verify : recipe?.verify != null;
  if (verifies && domain?.startsWith('*.') === true && values.serverName.trim() === '')
    errors.serverName = text.wildcardNameMissing;
  if (values.service === 'command') {
    if (values.commandAs === 'script' && values.script.trim() === '' && !keepsScript)
      errors.command = text.commandMissing;
    if (values.commandAs === 'argv') errors.command = checkArgv(values.argv) ?? missing(values.argv);
  }
  return Object.fromEntries(
    Object.entries(errors).filter((entry): entry is [string, string] => entry[1] !== null),
  );
}

const isWithFiles = (service: string): boolean => service !== 'command' && !isHostlessService(service);

function checkParts(values: DeploymentValues): Record<string, string | null> {
  const errors: Record<string, string | null> = {
    validateCommand: checkArgv(values.validateCommand),
    reloadCommand: checkArgv(values.reloadCommand),
  };
  if (!isWithFiles(values.service)) return errors;
  if (values.files.length === 0) errors.files = text.filesMissing;
  for (const [at, { path, mode }] of values.files.entries()) {
    if (!/^\/.*[^/]$/.test(path.trim())) errors[`files.${at}.path`] = text.pathMissing;
    if (mode.trim() !== '' && !/^0?[0-7]{3}$/.test(mode.trim())) errors[`files.${at}.mode`] = text.modeBad;
  }
  return errors;
}

const checkArgv = (line: string): string | null => (parseArgv(line) === null ? text.argvBad : null);
const missing = (line: string): string | null => (line.trim() === '' ? text.commandMissing : null);

function selectionOf({ service, selection, hostIds, tag }: DeploymentValues): HostSelection {
  if (isHostlessService(service)) return { none: true };
  return selection === 'tag' ? { tag: tag ?? '' } : { ids: hostIds };
}

export function toCreateDeployment(
  values: DeploymentValues,
  recipe: RecipeInfo | undefined,
  enabled = true,
): CreateDeployment {
  const { name, options, custom } = values;
  return {
    ...(name.trim() === '' ? {} : { name: name.trim() }),
    kind: recipe?.kind ?? kindOf(values.service),
    recipe: recipe?.id ?? null,
    options: trimmed(options),
    hosts: selectionOf(values),
    ...(custom ? partsOf(values) : verifyOf(values, recipe)),
    ...(values.service === 'command' ? { command: commandOf(values) } : {}),
    window: windowOf(values),
    rollout: values.rollout,
    after: values.after,
    enabled,
  };
}

const kindOf = (service: string): DeploymentKind =>
  service === 'command' || isHostlessService(service) ? service : 'files';

export function toUpdateDeployment(values: DeploymentValues): UpdateDeployment {
  const changesCommand =
    values.service === 'command' && (values.commandAs === 'argv' || values.script !== '');
  return {
    ...(values.name.trim() === '' ? {} : { name: values.name.trim() }),
    hosts: selectionOf(values),
    ...partsOf(values),
    ...(isHostlessService(values.service) ? { options: trimmed(values.options) } : {}),
    ...(changesCommand ? { command: commandOf(values) } : {}),
    window: windowOf(values),
    rollout: values.rollout,
    after: values.after,
  };
}

function windowOf({ windowed, days, start, end, timeZone: zone }: DeploymentValues): DeploymentWindow | null {
  return windowed ? { days: [...days], start, end, timeZone: zone } : null;
}

/** A recipe checks the domain itself. For a wildcard, the check needs the name that the user has entered. */
function verifyOf(
  { serverName, options }: DeploymentValues,
  recipe: RecipeInfo | undefined,
): Pick<CreateDeployment, 'verify'> {
  if (serverName.trim() === '' || recipe?.verify == null) return {};
  const port = Number(options.port ?? recipe.verify.port);
  const protocol = protocolOf(recipe.protocols, port);
  return { verify: { ...recipe.verify, port, protocol, serverName: serverName.trim() } };
}

const orNull = (given: string): string | null => (given.trim() === '' ? null : given.trim());
const trimmed = (options: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(options).map(([name, value]) => [name, value.trim()]));

function argvOf(line: string): string[] | null {
  const argv = parseArgv(line) ?? [];
  return argv.length === 0 ? null : [...argv];
}

function commandOf({ commandAs, argv, script }: DeploymentValues): CommandInput {
  return commandAs === 'script' ? { script } : { argv: argvOf(argv) ?? [] };
}

function partsOf(values: DeploymentValues): {
  files: DeploymentFile[];
  steps: DeploymentSteps;
  verify: DeploymentVerify | null;
} {
  const { files, verify, port, protocol, serverName, graceSeconds, onWorse } = values;
  const isCommand = !isWithFiles(values.service);
  return {
    files: files.map(({ content, path, owner, group, mode, replace, passwordCredentialId }) => ({
      content,
      path: path.trim(),
      owner: orNull(owner),
      group: orNull(group),
      mode: orNull(mode),
      replace,
      passwordCredentialId: content === 'pkcs12' ? passwordCredentialId : null,
    })),
    steps: {
      validateCommand: isCommand ? null : argvOf(values.validateCommand),
      reloadCommand: isCommand ? null : argvOf(values.reloadCommand),
      timeoutSeconds: Number(values.timeoutSeconds),
      environment: values.environment.map(({ name, value, credentialId }) => ({
        name: name.trim(),
        value: credentialId === null ? value : null,
        credentialId,
      })),
    },
    verify:
      verify && !isHostlessService(values.service)
        ? {
            port: Number(port),
            protocol,
            serverName: orNull(serverName),
            graceSeconds: Number(graceSeconds),
            onWorse,
          }
        : null,
  };
}

/** Returns the values with the defaults of a service, without what was entered for another one. */
export function withService(values: DeploymentValues, service: string): DeploymentValues {
  const { selection, hostIds, tag, name, windowed, days, start, end, rollout, after } = values;
  const window = { windowed, days, start, end, timeZone: values.timeZone };
  const kept = { selection, hostIds, tag, name, rollout, after, ...window };
  return { ...newDeployment(service, undefined), ...kept };
}

/** The fields of a recipe that a new user should see: paths, and what has no default. The others usually fit. */
export const isMainField = ({ required, default: standard }: RecipeInfo['fields'][number]): boolean =>
  required && (standard.startsWith('/') || standard === '');

/** Returns a recipe's default for a project: `{domain}` is the domain as a part of a path. */
export function defaultOf(value: string, domain: string | null): string {
  return value.replaceAll('{domain}', toPathPart(domain ?? ''));
}
