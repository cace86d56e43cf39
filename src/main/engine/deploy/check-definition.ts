// Checks a complete deployment: what its schema cannot, because it concerns several fields or other records.
import type {
  CommandInput,
  DeploymentFile,
  DeploymentKind,
  DeploymentSteps,
  DeploymentVerify,
  HostSelection,
} from '../../../shared/deployment.ts';
import { isHostless } from '../../../shared/deployment-kinds.ts';
import { explainInvalidName, toName } from '../../../shared/identifiers.ts';
import { isIpAddress } from '../../../shared/ip-address.ts';
import { invalid } from '../core/invalid.ts';
import type { DeploymentCommand } from '../core/model-deploy.ts';
import type { Stores } from '../core/stores.ts';
import { RESERVED_VARIABLE } from '../dns/providers/acme-sh/trusted-script.ts';
import type { KindOptions } from './kinds/options.ts';

export interface Definition {
  readonly kind: DeploymentKind;
  readonly hosts: HostSelection;
  readonly files: readonly DeploymentFile[];
  readonly command: DeploymentCommand | CommandInput | null;
  readonly steps: DeploymentSteps;
  readonly verify: DeploymentVerify | null;
  readonly options: KindOptions;
}

/** @throws INVALID_REQUEST that names the field */
export async function checkDefinition(
  stores: Stores,
  definition: Definition,
  domain: string | null,
): Promise<void> {
  checkKind(definition);
  checkPaths(definition.files);
  checkVerify(definition.verify, domain);
  await checkHosts(stores, definition.hosts);
  for (const [at, file] of definition.files.entries()) await checkPassword(stores, file, at);
  await checkEnvironment(stores, definition);
  await checkAwsKeys(stores, definition.options.credentialId);
}

function checkKind(definition: Definition): void {
  const { kind, hosts, files, command, steps } = definition;
  if (isHostless(kind)) {
    checkHostless(definition);
    return;
  }
  if ('none' in hosts) throw invalid('hosts', 'is missing: this kind needs hosts');
  if (kind === 'files') {
    if (files.length === 0) throw invalid('files', 'is empty: name at least one file');
    if (command !== null)
      throw invalid('command', 'belongs to the kind command; files have a reload command');
    return;
  }
  if (command === null) throw invalid('command', 'is missing: name a program or a script');
  if (files.length > 0) throw invalid('files', 'belong to the kind files; a command receives its own copies');
  if (steps.validateCommand !== null) throw invalid('steps.validateCommand', 'belongs to the kind files');
  if (steps.reloadCommand !== null) throw invalid('steps.reloadCommand', 'belongs to the kind files');
}

function checkHostless({ kind, hosts, files, command, steps, verify }: Definition): void {
  if (!('none' in hosts)) throw invalid('hosts', `must be { "none": true }: the kind ${kind} has no hosts`);
  if (files.length > 0) throw invalid('files', 'belong to the kind files');
  if (command !== null) throw invalid('command', 'belongs to the kind command');
  if (steps.validateCommand !== null) throw invalid('steps.validateCommand', 'belongs to the kind files');
  if (steps.reloadCommand !== null) throw invalid('steps.reloadCommand', 'belongs to the kind files');
  if (verify !== null) throw invalid('verify', 'belongs to kinds with hosts. Add an endpoint instead');
  const [variable] = steps.environment;
  if (kind === 'aws-acm' && variable !== undefined)
    throw invalid('steps.environment', 'belongs to kinds that run a command');
  for (const [at, { name }] of steps.environment.entries())
    if (RESERVED_VARIABLE.test(name)) throw invalid(`steps.environment.${at}.name`, `may not be ${name}`);
}

function checkPaths(files: readonly DeploymentFile[]): void {
  const seen = new Set<string>();
  for (const [at, { path, content, passwordCredentialId }] of files.entries()) {
    if (seen.has(path)) throw invalid(`files.${at}.path`, `is named twice: ${path}`);
    seen.add(path);
    if (content === 'pkcs12' && passwordCredentialId === null)
      throw invalid(`files.${at}.passwordCredentialId`, 'is missing: a PKCS#12 file needs a password');
    if (content !== 'pkcs12' && passwordCredentialId !== null)
      throw invalid(`files.${at}.passwordCredentialId`, 'is only for PKCS#12 files');
  }
}

function checkVerify(verify: DeploymentVerify | null, domain: string | null): void {
  if (verify === null) return;
  const { serverName } = verify;
  if (serverName !== null && (toName(serverName) === null || serverName.startsWith('*.')))
    throw invalid(
      'verify.serverName',
      isIpAddress(serverName) ? explainInvalidName(serverName) : 'is neither a host name nor an IP address',
    );
  if (serverName === null && domain?.startsWith('*.') === true)
    throw invalid('verify.serverName', `is missing: the domain is a wildcard, so name a host below it`);
}

async function checkHosts({ hosts }: Stores, selection: HostSelection): Promise<void> {
  if ('tag' in selection || 'none' in selection) return;
  for (const [at, id] of selection.ids.entries()) {
    if ((await hosts.get(id)) === null) throw invalid(`hosts.ids.${at}`, `host ${id} not found`);
  }
}

async function checkPassword(stores: Stores, file: DeploymentFile, at: number): Promise<void> {
  if (file.passwordCredentialId === null) return;
  await assertSecret(stores, file.passwordCredentialId, `files.${at}.passwordCredentialId`);
}

async function checkEnvironment(stores: Stores, { kind, steps, command }: Definition): Promise<void> {
  const isScript = kind === 'acme-sh-hook' || (command !== null && 'script' in command);
  const names = new Set<string>();
  for (const [at, { name, credentialId }] of steps.environment.entries()) {
    if (names.has(name)) throw invalid(`steps.environment.${at}.name`, `is set twice: ${name}`);
    names.add(name);
    if (credentialId === null) continue;
    const field = `steps.environment.${at}.credentialId`;
    if (!isScript)
      throw invalid(field, 'works only for a script: other users could read the environment of a program');
    await assertSecret(stores, credentialId, field);
  }
}

async function checkAwsKeys({ hostCredentials }: Stores, id: string | undefined): Promise<void> {
  if (id === undefined) return;
  const credential = await hostCredentials.get(id);
  if (credential === null) throw invalid('options.credentialId', `host credential ${id} not found`);
  if (credential.kind !== 'aws')
    throw invalid('options.credentialId', `${credential.name} is not of the type AWS keys`);
}

async function assertSecret({ hostCredentials }: Stores, id: string, field: string): Promise<void> {
  const credential = await hostCredentials.get(id);
  if (credential === null) throw invalid(field, `host credential ${id} not found`);
  if (credential.kind !== 'secret') throw invalid(field, `${credential.name} is not of the type secret`);
}
