// The deploy hooks that acme.sh ran after a renewal, with the variables that their scripts saved.
// https://github.com/acmesh-official/acme.sh/wiki/deployhooks
import { join } from 'node:path';
import { RESERVED_VARIABLE } from '../dns/providers/acme-sh/trusted-script.ts';
import type { Folder } from './folder.ts';
import { type FoundDeployment, type FoundVariable, READ_FIRST } from './found-deployment.ts';

type Values = ReadonlyMap<string, string>;

export interface DeployHooks {
  readonly deployments: readonly FoundDeployment[];
  readonly notes: readonly string[];
}

/** The folder of the deploy hooks in the folder of acme.sh. */
const SCRIPTS = 'deploy';
/** Variables of acme.sh itself, which a script may read too. acme.sh sets them for a script, and so does Certdesk. */
const OF_ACME_SH = /^(Le_(?!deploy_)|ACME_|ACCOUNT_|CA_|CERT_|DOMAIN_|USER_PATH$|LOG_|DEFAULT_|NOTIFY_)/i;
/**
 * Variables that say where and how, not who may. Everything else is saved as a credential, because a secret that is not
 * recognized would be readable.
 */
const PLAIN =
  /_(HOST|HOSTNAME|SERVER|PORT|SCHEME|USER|USERNAME|PATH|DIR|FOLDER|FILE|CERTFILE|KEYFILE|CAFILE|FULLCHAIN|RELOAD|RESTART|CMD|REGION|NAME|BACKUP|ENABLED?)$/i;
/** As the schema of a variable and of a credential has them. */
const MAX_NAME_LENGTH = 63;
const MAX_VALUE_LENGTH = 10_000;
const MAX_VARIABLES = 50;

/**
 * @param own Values of the certificate's own file, decoded.
 * @param account Values of account.conf, decoded.
 */
export async function readDeployHooks(folder: Folder, own: Values, account: Values): Promise<DeployHooks> {
  const names = (own.get('Le_DeployHook') ?? '')
    .split(/[\s,]/)
    .filter((name) => name !== '' && name !== 'no');
  const deployments: FoundDeployment[] = [];
  const notes: string[] = [];
  for (const name of new Set(names)) {
    const text = /^\w{1,60}$/.test(name) ? await findScript(folder, name) : null;
    if (text === null) {
      notes.push(
        `acme.sh ran the deploy hook ${name.slice(0, 60)}, whose script is not in ${join(folder.path, SCRIPTS)}. Deploy the certificate yourself.`,
      );
      continue;
    }
    deployments.push(toDeployment(folder, name, readVariables(text, own, account)));
  }
  return { deployments, notes };
}

/** acme.sh also finds scripts in its own folder. */
async function findScript(folder: Folder, name: string): Promise<string | null> {
  const inside = await folder.read(join(SCRIPTS, `${name}.sh`));
  return inside.text ?? (await folder.read(`${name}.sh`)).text;
}

interface Variables {
  readonly kept: readonly FoundVariable[];
  /** Names of variables that a deployment cannot have. */
  readonly refused: readonly string[];
}

/** Only the variables that this script names: it must not get the secrets of other scripts. */
function readVariables(text: string, own: Values, account: Values): Variables {
  const words = new Set(text.match(/\w+/g));
  const saved = new Map<string, string>();
  for (const [key, value] of [...account, ...own]) saved.set(key.replace(/^SAVED_/, ''), value);
  // A script that renamed a variable reads the old name from the file of the domain only.
  const renamed = new Map(
    [...text.matchAll(/_migratedeployconf (\w+) (\w+)/g)].map((match) => [match[1], match[2]]),
  );
  const values = new Map<string, string>();
  for (const [name, value] of saved) {
    const now = renamed.get(name) ?? name;
    const isCurrent = now === name;
    if (value === '' || !words.has(name) || OF_ACME_SH.test(name)) continue;
    if (isCurrent || !saved.has(now)) values.set(now, value);
  }
  const [kept, refused]: [FoundVariable[], string[]] = [[], []];
  for (const [name, value] of values) {
    const fits =
      name.length <= MAX_NAME_LENGTH && value.length <= MAX_VALUE_LENGTH && kept.length < MAX_VARIABLES;
    if (!fits || RESERVED_VARIABLE.test(name) || /^(CERTDESK_|RENEWED_)/.test(name)) refused.push(name);
    else kept.push({ name, value, isSecret: !PLAIN.test(name) });
  }
  return { kept, refused };
}

function toDeployment(folder: Folder, script: string, { kept, refused }: Variables): FoundDeployment {
  const plain = kept.filter(({ isSecret }) => !isSecret).map(({ name, value }) => `${name}=${value}`);
  const secret = kept.filter(({ isSecret }) => isSecret).map(({ name }) => name);
  return {
    name: `deploy hook ${script} of acme.sh`,
    body: { kind: 'acme-sh-hook', script, variables: kept },
    pausedBecause: READ_FIRST,
    notes: [
      ...(plain.length === 0 ? [] : [`It gets ${plain.join(', ')}.`]),
      ...(secret.length === 0 ? [] : [`It gets ${secret.join(', ')} as saved credentials.`]),
      ...(refused.length === 0
        ? []
        : [`It does not get ${refused.join(', ')}, which a deployment cannot have.`]),
      `Certdesk runs this script only if it was started with --acme-sh-folder ${folder.path}.`,
    ],
  };
}
