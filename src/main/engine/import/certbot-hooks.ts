// What certbot does after a renewal: hooks of the renewal settings, programs in renewal-hooks/deploy/, and the plugins that
// install into nginx and Apache. https://eff-certbot.readthedocs.io/en/stable/using.html#renewing-certificates
import { join } from 'node:path';
import type { Folder } from './folder.ts';
import { type FoundDeployment, foundCommand, toArgv } from './found-deployment.ts';
import { findConfiguredPaths, type Server } from './server-config.ts';

type Values = ReadonlyMap<string, string>;

export interface CertbotHooks {
  readonly deployments: readonly FoundDeployment[];
  readonly notes: readonly string[];
}

export interface Lineage {
  readonly name: string;
  /** The values of [renewalparams]. */
  readonly params: Values;
  readonly names: readonly string[];
  /** The path of the folder when certbot wrote it; null: as it is now. */
  readonly oldRoot: string | null;
}

export async function readCertbotHooks(folder: Folder, lineage: Lineage): Promise<CertbotHooks> {
  const { params } = lineage;
  const given = (name: string): string => {
    const value = (params.get(name) ?? '').trim();
    return value === 'None' ? '' : value;
  };
  const usesFolder = params.get('directory_hooks') !== 'False';
  const inFolder = usesFolder ? await listHooks(folder) : [];
  const installer = given('installer');
  // certbot stores a deploy hook as renew_hook.
  const hook = given('renew_hook') || given('deploy_hook');
  const commands = [
    ...inFolder.map((path) => [hookName(path), path] as const),
    // certbot runs a hook that both name once.
    ...(hook === '' || inFolder.includes(hook) ? [] : [['deploy hook of certbot', hook] as const]),
    ...(given('post_hook') === '' ? [] : [['post hook of certbot', given('post_hook')] as const]),
  ];
  return {
    deployments: [
      ...(isServer(installer) ? [await installation(folder, installer, lineage)] : []),
      ...commands.map(([name, command]) =>
        foundCommand(name, inFolder.includes(command) ? [command] : toArgv(command)),
      ),
    ],
    notes:
      given('pre_hook') === ''
        ? []
        : ['certbot ran a pre hook before renewals. Certdesk does not import it.'],
  };
}

const isServer = (installer: string): installer is Server => installer === 'nginx' || installer === 'apache';
const hookName = (path: string): string => `${path.slice(path.lastIndexOf('/') + 1)} of certbot`.slice(-100);

/** As certbot lists them: executable, in alphabetical order, without backups. */
async function listHooks(folder: Folder): Promise<readonly string[]> {
  const at = join('renewal-hooks', 'deploy');
  const names = (await folder.executables(at)).filter((name) => !name.endsWith('~'));
  return names.map((name) => join(folder.path, at, name)).toSorted();
}

/** The plugins configure the files in live/. Certdesk does not write there as long as certbot renews them. */
async function installation(folder: Folder, server: Server, lineage: Lineage): Promise<FoundDeployment> {
  const { name, params, names, oldRoot } = lineage;
  const live = [folder.path, ...(oldRoot === null ? [] : [oldRoot])].map((root) => join(root, 'live', name));
  const configured = await findConfiguredPaths(server, {
    root: params.get(`${server}_server_root`),
    live,
    names,
  });
  const { certificate, key, file } = configured ?? {
    certificate: join(live[0] ?? '', 'fullchain.pem'),
    key: join(live[0] ?? '', 'privkey.pem'),
    file: null,
  };
  const inLive = live.some((at) => certificate.startsWith(`${at}/`) || key.startsWith(`${at}/`));
  const title = server === 'nginx' ? 'nginx' : 'Apache';
  const where =
    file === null ? `The configuration of ${title} was not found` : `${file} names ${certificate}`;
  const directives =
    server === 'nginx'
      ? 'ssl_certificate and ssl_certificate_key'
      : 'SSLCertificateFile and SSLCertificateKeyFile';
  return {
    name: title,
    body: {
      kind: 'files',
      recipe: server,
      options: { certificate, ...(key === certificate ? {} : { key }) },
    },
    pausedBecause: inLive
      ? `${where}, and certbot renews the files in live/ too. Give the deployment other paths and name them in ${directives}, or remove certbot’s renewal folder. Then resume it.`
      : `${where}. Check the paths, then resume it.`,
    notes: [],
  };
}
