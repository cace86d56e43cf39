// Lists all recipes, and fills in the parts of a deployment that its creator left to its recipe. Pure.
import {
  type DeploymentFile,
  DeploymentFileSchema,
  type DeploymentSteps,
  DeploymentStepsSchema,
  type DeploymentVerify,
  DeploymentVerifySchema,
  type RecipeInfo,
} from '../../../../shared/deployment.ts';
import { toPathPart } from '../../../../shared/ip-address.ts';
import { protocolOf } from '../../../../shared/recipe-protocols.ts';
import { invalid } from '../../core/invalid.ts';
import { apache } from './apache.ts';
import { dovecot } from './dovecot.ts';
import { haproxy } from './haproxy.ts';
import { mariadb } from './mariadb.ts';
import { mosquitto } from './mosquitto.ts';
import { nginx } from './nginx.ts';
import { postfix } from './postfix.ts';
import { postgresql } from './postgresql.ts';
import type { Recipe } from './recipe.ts';
import { slapd } from './slapd.ts';
import { tomcat } from './tomcat.ts';

const RECIPES: readonly Recipe[] = [
  nginx,
  apache,
  haproxy,
  postfix,
  dovecot,
  postgresql,
  mariadb,
  slapd,
  mosquitto,
  tomcat,
];

const TLS_AT_ONCE: RecipeInfo['protocols'] = { byPort: {}, otherwise: 'tls' };

export interface ExpandedRecipe {
  readonly name: string;
  readonly files: readonly DeploymentFile[];
  readonly steps: DeploymentSteps;
  readonly verify: DeploymentVerify;
}

export function listRecipes(): readonly RecipeInfo[] {
  return RECIPES.map((recipe) => {
    const { id, name, description, fields, protocols = TLS_AT_ONCE } = recipe;
    const port = fields.find((field) => field.name === FIELDS.port)?.default ?? '';
    return {
      id,
      name,
      description,
      kind: 'files',
      fields: fields.map((field) => ({ ...field })),
      protocols,
      verify: DeploymentVerifySchema.parse(checkOf(port, protocols)),
    };
  });
}

/** What to restart on a host, as a sentence without its period: `Restart nginx on web1 (systemctl restart nginx)`. */
export function restartAdvice(recipe: string | null, host: string): string {
  const known = RECIPES.find(({ id }) => id === recipe);
  return known === undefined
    ? `Restart the service on ${host}`
    : `Restart ${known.name} on ${host} (${known.restart})`;
}

/** The user that must be able to read files with the private key; null if that is unknown, or root. */
export function keyReader(recipe: string | null): string | null {
  const reader = RECIPES.find(({ id }) => id === recipe)?.reader ?? 'root';
  return reader === 'root' ? null : reader;
}

/**
 * @param options By name of field; missing ones have their defaults.
 * @param domain Of the project; null if it has none.
 * @throws INVALID_REQUEST for an unknown recipe, an unknown or missing field, or a value that is not allowed
 */
export function expandRecipe(
  id: string,
  options: Readonly<Record<string, string>>,
  domain: string | null,
): ExpandedRecipe {
  const recipe = findRecipe(id);
  const unknown = Object.keys(options).find((name) => !recipe.fields.some((field) => field.name === name));
  if (unknown !== undefined) {
    const known = recipe.fields.map(({ name }) => name).join(', ');
    throw invalid(
      `options.${unknown.slice(0, 40)}`,
      `is not a field of ${recipe.name}: its fields are ${known}`,
    );
  }
  const values = Object.fromEntries(
    recipe.fields.map(({ name, label, required, default: standard }) => {
      const value = (options[name] ?? standard).trim();
      if (value === '' && required) throw invalid(`options.${name}`, `is missing (${label})`);
      if (value.includes('{domain}') && domain === null)
        throw invalid(`options.${name}`, 'uses {domain}, and the project has no domain');
      return [name, value.replaceAll('{domain}', toPathPart(domain ?? ''))];
    }),
  );
  const { files, steps } = recipe.build(values);
  const verify = checkOf(values.port ?? '', recipe.protocols);
  return {
    name: recipe.name,
    files: files.map((file) => checked(DeploymentFileSchema.safeParse(file), values)),
    steps: checked(DeploymentStepsSchema.safeParse(steps), values),
    verify: checked(DeploymentVerifySchema.safeParse(verify), values),
  };
}

function checkOf(
  port: string,
  protocols: RecipeInfo['protocols'] = TLS_AT_ONCE,
): Pick<DeploymentVerify, 'port' | 'protocol'> {
  return { port: Number(port), protocol: protocolOf(protocols, Number(port)) };
}

function findRecipe(id: string): Recipe {
  const recipe = RECIPES.find((each) => each.id === id);
  if (recipe === undefined)
    throw invalid('recipe', `is unknown: choose ${RECIPES.map((each) => each.id).join(', ')}`);
  return recipe;
}

type Parsed<T> =
  | { readonly success: true; readonly data: T }
  | {
      readonly success: false;
      readonly error: {
        readonly issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[];
      };
    };

/** Reports what a schema rejects as a problem of the recipe's field with that value. */
function checked<T>(parsed: Parsed<T>, values: Readonly<Record<string, string>>): T {
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const member = String(issue?.path.at(-1) ?? '');
  const [field = member] =
    Object.entries(values).find(([name, value]) =>
      member === 'port' || member === 'passwordCredentialId'
        ? name === FIELDS[member]
        : !Object.values<string>(FIELDS).includes(name) && isRejected(value),
    ) ?? [];
  throw invalid(`options.${field}`, issue?.message ?? 'is invalid');
}

/** The fields that are not paths. */
const FIELDS = { port: 'port', passwordCredentialId: 'password' } as const;

const isRejected = (value: string): boolean =>
  value !== '' && !DeploymentFileSchema.shape.path.safeParse(value).success;
