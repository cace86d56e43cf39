// The contract of a recipe: how a service is usually configured, as data. A recipe fills in a deployment; the user may
// change every value afterwards.
import type { DeploymentFile, DeploymentSteps, RecipeInfo } from '../../../../shared/deployment.ts';

export interface RecipeField {
  readonly name: string;
  readonly label: string;
  readonly help: string;
  readonly required: boolean;
  /** May contain `{domain}`: the project's domain without `*.`. Empty: the field may stay empty. */
  readonly default: string;
  /** Whether the value is the ID of a host credential of the kind secret. */
  readonly secret?: true;
}

export interface Recipe {
  readonly id: string;
  readonly name: string;
  /** One or two sentences for the list of recipes and its page in the documentation. */
  readonly description: string;
  /**
   * The user that reads the private key, on Debian. `root`: the service opens the key before it gives up root's rights.
   * The recipe gives files with the key to any other user, and Test finds out whether that user can read them.
   */
  readonly reader: string;
  /** The command line that helps if the service still presents the old certificate after a reload, on Debian. */
  readonly restart: string;
  /** How the service speaks TLS on the port of the check, if not at once on every port. */
  readonly protocols?: RecipeInfo['protocols'];
  /** One of them is `port`, the port of the check. */
  readonly fields: readonly RecipeField[];
  /** @param values By name of field; empty if the user left it empty. */
  build(values: Readonly<Record<string, string>>): RecipeParts;
}

export interface RecipeParts {
  readonly files: readonly RecipeFile[];
  readonly steps: Pick<DeploymentSteps, 'validateCommand' | 'reloadCommand'>;
}

/** The other members have their defaults: owner and mode as on the host. */
export type RecipeFile = Pick<DeploymentFile, 'content' | 'path'> &
  Partial<Pick<DeploymentFile, 'owner' | 'mode' | 'passwordCredentialId'>>;

/**
 * The files of a service that reads PEM: one with the key and the chain, which is replaced atomically, or two.
 * @param key Empty: one file. @param reader The user that reads the key, if that is not root.
 */
export function pemFiles(certificate: string, key: string, reader: string | null = null): RecipeFile[] {
  const access = reader === null ? {} : { owner: reader, mode: '0600' };
  return key === ''
    ? [{ content: 'combined', path: certificate, ...access }]
    : [
        { content: 'fullchain', path: certificate },
        { content: 'privkey', path: key, ...access },
      ];
}

/**
 * The fields of a service that reads PEM from one file or two.
 * @param options The settings that name certificate and key. @param folder Of the default path.
 */
export function pemFields(
  options: { readonly certificate: string; readonly key: string },
  folder: string,
): RecipeField[] {
  return [
    {
      name: 'certificate',
      label: 'Certificate file',
      help: `The path in ${options.certificate}. It receives the certificate with its intermediates, and the private key unless you name a file for it.`,
      required: true,
      default: `${folder}/{domain}.pem`,
    },
    {
      name: 'key',
      label: 'Private key file',
      help: `The path in ${options.key}. Leave it empty if both settings name the same file, which is replaced atomically.`,
      required: false,
      default: '',
    },
  ];
}

/** The field with the port of the check. @param hint Further sentences. */
export const portField = (label: string, standard: string, hint = ''): RecipeField => ({
  name: 'port',
  label,
  help: `Certdesk connects to this port of the host to check the new certificate.${hint === '' ? '' : ` ${hint}`}`,
  required: true,
  default: standard,
});
