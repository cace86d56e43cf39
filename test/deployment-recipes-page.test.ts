// docs/deployment-recipes.md lists every recipe, and its page states what it declares (CERTDESK_WRITE_DOCS=1 rewrites
// these parts). The Ansible example installs what Test prints.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { listRecipes } from '../src/main/engine/deploy/recipes/index.ts';
import { describeHelper } from '../src/main/engine/deploy/remote/helper.ts';
import { recipeFacts, recipeList } from './support/deploy/recipe-page.ts';

const DOCS = new URL('../docs/', import.meta.url);
const GENERATED = /(?<=<!-- generated -->\n\n).*?(?=\n\n<!-- end -->)/s;
const IDS = listRecipes().map(({ id }) => id);

it('docs/deployment-recipes.md lists every recipe', () =>
  expectGenerated('deployment-recipes.md', recipeList()));

it.each(IDS)('the page of the recipe %s has its fields, files and commands', (id) =>
  expectGenerated(`recipes/${id}.md`, recipeFacts(id)),
);

it('docs/recipes has a page for each recipe, and no other', () => {
  expect(readdirSync(new URL('recipes/', DOCS)).toSorted()).toEqual(IDS.map((id) => `${id}.md`).toSorted());
});

function expectGenerated(path: string, wanted: string): void {
  const file = new URL(path, DOCS);
  if (process.env.CERTDESK_WRITE_DOCS === '1')
    writeFileSync(
      file,
      readFileSync(file, 'utf8').replace(GENERATED, () => wanted),
    );
  const [part] = GENERATED.exec(readFileSync(file, 'utf8')) ?? [];
  expect(part, 'run this test with CERTDESK_WRITE_DOCS=1 and check the difference').toBe(wanted);
}

it('the Ansible example installs the files and lines that Test prints', () => {
  const playbook = readFileSync(new URL('../docs/examples/deploy-helper.yml', import.meta.url), 'utf8');
  const { helper, list, sudoers, authorizedKeys } = describeHelper(
    'deploy',
    ['/etc/nginx/certdesk/shop.example.com.pem'],
    [
      ['nginx', '-t'],
      ['nginx', '-s', 'reload'],
    ],
  );
  for (const { path } of [helper, list, sudoers]) expect(playbook).toContain(`dest: ${path}\n`);
  for (const line of list.content.trimEnd().split('\n')) expect(playbook).toContain(`      - ${line}\n`);
  expect(playbook).toContain(sudoers.content.trimEnd().replace('deploy ', '{{ certdesk_user }} '));
  expect(playbook).toContain(`'${authorizedKeys} {{ certdesk_key }}'`);
});
