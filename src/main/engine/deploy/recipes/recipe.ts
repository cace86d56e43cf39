// The contract of a recipe: how a service is usually configured, as data. A recipe fills in a deployment; the user may
// change every value afterwards.
import type { DeploymentFile, DeploymentSteps, DeploymentVerify } from '../../../../shared/deployment.ts';

export interface RecipeField {
  readonly name: string;
  readonly label: string;
  readonly help: string;
  readonly required: boolean;
  /** May contain `{domain}`: the project's domain without `*.`. Empty: the field may stay empty. */
  readonly default: string;
}

export interface Recipe {
  readonly id: string;
  readonly name: string;
  /** One or two sentences for the list of recipes and its page in the documentation. */
  readonly description: string;
  readonly fields: readonly RecipeField[];
  /** @param values By name of field; empty if the user left it empty. */
  build(values: Readonly<Record<string, string>>): RecipeParts;
}

export interface RecipeParts {
  readonly files: readonly RecipeFile[];
  readonly steps: Pick<DeploymentSteps, 'validateCommand' | 'reloadCommand'>;
  readonly verify: Pick<DeploymentVerify, 'port' | 'protocol'> | null;
}

/** The other members have their defaults: owner and mode as on the host. */
export type RecipeFile = Pick<DeploymentFile, 'content' | 'path'>;

/** A port of the check; the field is a text. */
export const portOf = (text: string): number => Number(text);
