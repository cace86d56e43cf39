// The tables of docs/deployment-recipes.md, from the declarations of kinds and recipes.
import { toCommandLine } from '../../../src/main/engine/deploy/quote.ts';
import { expandRecipe, listRecipes } from '../../../src/main/engine/deploy/recipes/index.ts';

const DOMAIN = 'shop.example.com';

/** One section for each recipe: its fields, and what it fills in with its defaults. */
export function recipeSections(): string {
  return listRecipes()
    .map(({ id, name, description, fields }) => {
      const { files, steps, verify } = expandRecipe(id, {}, DOMAIN);
      const rows = fields.map(
        (field) =>
          `| \`${field.name}\` | ${field.label} | ${field.default === '' ? '–' : `\`${field.default}\``} | ${field.help} |`,
      );
      const command = (argv: readonly string[] | null) =>
        argv === null ? 'none' : `\`${toCommandLine(argv)}\``;
      return [
        `## ${name}`,
        `Recipe \`${id}\`, kind \`files\`. ${description}`,
        ['| field | label | default | help |', '|---|---|---|---|', ...rows].join('\n'),
        `With the defaults and the domain ${DOMAIN}:`,
        [
          ...files.map(({ content, path, replace }) => `- file \`${path}\`: ${content}, ${replace}`),
          `- validate: ${command(steps.validateCommand)}`,
          `- reload: ${command(steps.reloadCommand)}, at most ${steps.timeoutSeconds} seconds`,
          verify === null
            ? '- check: none'
            : `- check: port ${verify.port}, protocol \`${verify.protocol}\`, up to ${verify.graceSeconds} seconds; if the service is worse than before: ${verify.onWorse}`,
        ].join('\n'),
      ].join('\n\n');
    })
    .join('\n\n');
}
