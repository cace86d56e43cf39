// What acme.sh does after a renewal, from the file of the certificate: it copies files to the paths of --install-cert,
// runs --reloadcmd, and runs the renew and post hooks. https://github.com/acmesh-official/acme.sh/wiki/Options-and-Params
import { type DeploymentFile, DeploymentStepsSchema, type FileContent } from '../../../shared/deployment.ts';
import { type FoundDeployment, foundCommand, READ_FIRST, toArgv } from './found-deployment.ts';
import { describeInstalled } from './installed-file.ts';

type Values = ReadonlyMap<string, string>;

/** What acme.sh did, and what Certdesk cannot do instead. */
export interface AcmeShHooks {
  readonly deployments: readonly FoundDeployment[];
  readonly notes: readonly string[];
}

/** Variables that acme.sh exports to a reload command, with the content of the file that each one names. */
const PATHS: Readonly<Record<string, readonly FileContent[]>> = {
  CERT_PATH: ['certificate', 'fullchain'],
  CERT_KEY_PATH: ['privkey'],
  CA_CERT_PATH: ['chain'],
  CERT_FULLCHAIN_PATH: ['fullchain'],
};
/** The same files in a command deployment. */
const COMMAND_PATHS: Readonly<Record<string, string>> = {
  CERT_PATH: 'CERTDESK_CERTIFICATE',
  CERT_KEY_PATH: 'CERTDESK_PRIVKEY',
  CA_CERT_PATH: 'CERTDESK_CHAIN',
  CERT_FULLCHAIN_PATH: 'CERTDESK_FULLCHAIN',
  Le_Domain: 'CERTDESK_DOMAIN',
};

/** @param own Values of the certificate's own file, decoded. */
export async function readAcmeShHooks(own: Values): Promise<AcmeShHooks> {
  const get = (name: string): string => {
    const value = (own.get(name) ?? '').trim();
    return value === 'no' ? '' : value;
  };
  const reload = get('Le_ReloadCmd');
  const { files, refused } = await readFiles(get);
  const installs = files.length > 0 ? [installation(files, reload, get('Le_Domain'))] : [];
  const commands = [
    ...(reload !== '' && files.length === 0 ? [['--reloadcmd of acme.sh', reload] as const] : []),
    ...(['renew', 'post'] as const).flatMap((kind) => {
      const hook = get(kind === 'renew' ? 'Le_RenewHook' : 'Le_PostHook');
      return hook === '' ? [] : [[`${kind} hook of acme.sh`, hook] as const];
    }),
  ];
  return {
    deployments: [
      ...installs,
      ...commands.map(([name, command]) => foundCommand(name, toArgv(withPaths(command)))),
    ],
    notes: [
      ...refused.map(
        (path) => `acme.sh installed ${path}, which is not an absolute path. Deploy it yourself.`,
      ),
      ...(get('Le_PreHook') === ''
        ? []
        : ['acme.sh ran a pre hook before renewals. Certdesk does not import it.']),
    ],
  };
}

/** In the order in which acme.sh writes them: of two with the same path, the last one stays. */
async function readFiles(get: (name: string) => string) {
  const certificate = get('Le_RealCertPath');
  const chain = get('Le_RealCACertPath');
  const paths = new Map<string, FileContent>();
  if (certificate !== '') paths.set(certificate, 'certificate');
  // acme.sh appends the intermediates if both have the same path.
  if (chain !== '') paths.set(chain, chain === certificate ? 'fullchain' : 'chain');
  if (get('Le_RealKeyPath') !== '') paths.set(get('Le_RealKeyPath'), 'privkey');
  if (get('Le_RealFullChainPath') !== '') paths.set(get('Le_RealFullChainPath'), 'fullchain');
  const files: DeploymentFile[] = [];
  const refused: string[] = [];
  for (const [path, content] of paths) {
    const file = await describeInstalled(content, path);
    if (file === null) refused.push(path);
    else files.push(file);
  }
  return { files, refused };
}

function installation(files: readonly DeploymentFile[], reload: string, domain: string): FoundDeployment {
  const used = Object.keys(COMMAND_PATHS).filter((name) => mentions(reload, name));
  const environment = used.flatMap((name) => {
    const file = files.find(({ content }) => PATHS[name]?.includes(content) === true);
    const value = name === 'Le_Domain' ? domain : file?.path;
    return value === undefined ? [] : [{ name, value, credentialId: null }];
  });
  const missing = used.filter((name) => !environment.some((each) => each.name === name));
  return {
    name: '--install-cert of acme.sh',
    body: {
      kind: 'files',
      files,
      steps: DeploymentStepsSchema.parse({
        reloadCommand: reload === '' ? null : toArgv(reload),
        environment,
      }),
    },
    pausedBecause: missing.length === 0 ? null : READ_FIRST,
    notes: missing.map(
      (name) => `The reload command uses $${name}, which Certdesk does not set. Change the command.`,
    ),
  };
}

/** Sets the variables of acme.sh that a hook uses. */
function withPaths(command: string): string {
  const used = Object.entries(COMMAND_PATHS).filter(([name]) => mentions(command, name));
  if (used.length === 0) return command;
  return `export ${used.map(([name, ours]) => `${name}="$${ours}"`).join(' ')}; ${command}`;
}

const mentions = (command: string, variable: string): boolean =>
  command
    .split('$')
    .slice(1)
    .some((part) => /^\{?(\w+)/.exec(part)?.[1] === variable);
