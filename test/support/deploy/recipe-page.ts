// The pages of the recipes (docs/recipes/) and their list in docs/deployment-recipes.md, from the declarations.

import { toCommandLine } from '../../../src/main/engine/deploy/quote.ts';
import {
  expandRecipe,
  keyReader,
  listRecipes,
  restartAdvice,
} from '../../../src/main/engine/deploy/recipes/index.ts';
import type { RecipeInfo } from '../../../src/shared/deployment.ts';

const DOMAIN = 'shop.example.com';

/** A table of all recipes with links to their pages. */
export function recipeList(): string {
  const rows = listRecipes().map(({ id, name, fields, verify }) => {
    const port = fields.find((field) => field.name === 'port')?.default;
    return `| [${name}](recipes/${id}.md) | \`${id}\` | \`${readerOf(id)}\` | ${port}, \`${verify?.protocol}\` |`;
  });
  return [
    '| service | recipe | reads the key | checked port and protocol |',
    '|---|---|---|---|',
    ...rows,
  ].join('\n');
}

/** What a recipe declares: its fields, and what it fills in with its defaults. */
export function recipeFacts(recipe: string): string {
  const { id, description, fields } = listRecipes().find((each) => each.id === recipe) ?? never(recipe);
  const { files, steps, verify } = expandRecipe(id, secretsOf(fields), DOMAIN);
  const rows = fields.map(
    (field) =>
      `| \`${field.name}\` | ${field.label} | ${field.default === '' ? '–' : `\`${field.default}\``} | ${field.help} |`,
  );
  const command = (argv: readonly string[] | null) => (argv === null ? 'none' : `\`${toCommandLine(argv)}\``);
  const access = (owner: string | null, mode: string | null) =>
    owner === null ? 'owner and mode as on the host' : `owner \`${owner}\`, mode \`${mode}\``;
  return [
    `Recipe \`${id}\`, kind \`files\`. ${description}`,
    ['| field | label | default | help |', '|---|---|---|---|', ...rows].join('\n'),
    `With the defaults and the domain ${DOMAIN}:`,
    [
      ...files.map(
        ({ content, path, replace, owner, mode }) =>
          `- file \`${path}\`: ${content}, ${replace}, ${access(owner, mode)}`,
      ),
      `- validate: ${command(steps.validateCommand)}`,
      `- reload: ${command(steps.reloadCommand)}, at most ${steps.timeoutSeconds} seconds`,
      `- check: port ${verify.port}, protocol \`${verify.protocol}\`, up to ${verify.graceSeconds} seconds; if the service is worse than before: ${verify.onWorse}`,
      `- the private key is read by: \`${readerOf(id)}\``,
      `- if the old certificate is still served: \`${restartOf(id)}\``,
    ].join('\n'),
  ].join('\n\n');
}

const readerOf = (id: string): string => keyReader(id) ?? 'root';
/** The command in `Restart nginx on web1 (systemctl restart nginx)`. */
const restartOf = (id: string): string => /\((.*)\)$/.exec(restartAdvice(id, ''))?.[1] ?? never(id);

/** A value for each field that names a credential. */
export function secretsOf(fields: RecipeInfo['fields']): Record<string, string> {
  const names = fields.filter(({ secret }) => secret).map(({ name }) => name);
  return Object.fromEntries(names.map((name) => [name, '7d0c6a1e-5c1f-4b0e-9d57-0a4f3c1b2e6d']));
}

function never(recipe: string): never {
  throw new Error(`there is no recipe ${recipe}`);
}
