// docs/deployment-recipes.md states for every recipe what it declares (CERTDESK_WRITE_DOCS=1 rewrites its sections), and
// the Ansible example installs what Test prints.
import { readFileSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { describeHelper } from '../src/main/engine/deploy/remote/helper.ts';
import { recipeSections } from './support/deploy/recipe-page.ts';

const FILE = new URL('../docs/deployment-recipes.md', import.meta.url);
const SECTIONS = /(?<=<!-- recipes: generated -->\n\n).*?(?=\n\n<!-- recipes: end -->)/s;

it('docs/deployment-recipes.md has the fields, files and commands of every recipe', () => {
  const page = readFileSync(FILE, 'utf8');
  if (process.env.CERTDESK_WRITE_DOCS === '1')
    writeFileSync(
      FILE,
      page.replace(SECTIONS, () => recipeSections()),
    );
  const [sections] = SECTIONS.exec(readFileSync(FILE, 'utf8')) ?? [];
  expect(sections, 'run this test with CERTDESK_WRITE_DOCS=1 and check the difference').toBe(
    recipeSections(),
  );
});

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
