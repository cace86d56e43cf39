// Every screen and every main dialog, as an address and what to do there.
import type { Page } from 'playwright';
import { checkBackup, openRestore } from './restore-steps.ts';
import { PASSPHRASE } from './screen-data.ts';

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl';
const KNOWN_HOSTS = [
  `web1.example.com ${KEY}`,
  `@cert-authority *.example.com ${KEY}`,
  `other.example.org ${KEY}`,
].join('\n');

const INVENTORY = [
  '[web]',
  'web[01:03].example.com ansible_user=deploy ansible_port=2222',
  "broken ansible_host={{ lookup('env', 'HOST') }}",
].join('\n');

export interface Screen {
  readonly name: string;
  /** `ID` stands for the project with a certificate, `NEW` for one without, `FAILED` for a failed job, and so on. */
  readonly path: string;
  /** Actions on the screen before the check. */
  readonly act?: (page: Page) => Promise<unknown>;
}

/** Content that loads in parts is complete when its last part is. */
const shows = (text: string) => (page: Page) => page.getByText(text).first().waitFor();
const dialog = (page: Page) => page.getByRole('dialog').waitFor();
const press = (name: string | RegExp) => async (page: Page) => {
  await page.getByRole('button', { name }).first().click();
  await dialog(page);
};
const menu = (item: string) => async (page: Page) => {
  await page.getByRole('button', { name: 'Actions' }).click();
  await page.getByRole('menuitem', { name: item }).click();
  await dialog(page);
};

const MANY_NAMES = Array.from({ length: 101 }, (_, n) => `n${n}.example.com`).join('\n');
const openAdvanced = (page: Page) => page.getByRole('button', { name: /^Advanced/ }).click();
const enterNames =
  (names: string, then: (page: Page) => Promise<unknown>) =>
  async (page: Page): Promise<unknown> => {
    await page.getByRole('textbox', { name: 'Domain names or IP addresses' }).fill(names);
    return then(page);
  };
const newCredential =
  (provider: string) =>
  async (page: Page): Promise<void> => {
    await page.getByRole('radio', { name: /^DNS-01/ }).click();
    await page.getByRole('combobox', { name: 'Credentials' }).click();
    await page.getByRole('option', { name: 'Enter new credentials' }).click();
    await page.getByRole('combobox', { name: 'DNS provider' }).click();
    await page.getByRole('option', { name: provider }).click();
  };
const requestNothing = async (page: Page): Promise<void> => {
  await page.getByRole('button', { name: 'Request certificate' }).click();
  await page.getByText('Enter at least one domain name or IP address.').waitFor();
};
const chooseAll = async (page: Page): Promise<void> => {
  await page.getByRole('checkbox', { name: /^Select all/ }).click();
  await page.getByRole('toolbar', { name: 'Selected projects' }).waitFor();
};

const editTags =
  (tag: string) =>
  async (page: Page): Promise<void> => {
    await menu('Edit tags')(page);
    await page.getByRole('dialog').getByLabel('Tags').first().fill(tag);
    await page.getByRole('dialog').getByLabel('Tags').first().press('Enter');
    await page.keyboard.press('Escape'); // the list, not the dialog
    await page.getByText('These private keys will be copied to the host').waitFor();
  };
const changeParts = async (page: Page): Promise<void> => {
  await page.getByText('On web1:').waitFor();
  await page.getByRole('button', { name: /^Advanced/ }).click();
  await page.getByRole('button', { name: 'Change files and commands' }).click();
  await page.getByText('File 1').waitFor();
};

const openWindowAndRollout = async (page: Page): Promise<void> => {
  await page.getByText('On web1:').waitFor();
  await page.getByLabel('Deploy only in a window').check();
  await page.getByRole('button', { name: /^Rollout/ }).click();
  await page.getByText('Hosts in parallel').waitFor();
};

const openSavedFilters: Screen['act'] = async (page) => {
  await page.getByRole('button', { name: 'Saved filters' }).click();
  await page.getByLabel('Save this view as').waitFor();
};

export const SCREENS: readonly Screen[] = [
  { name: 'overview', path: '/' },
  {
    name: 'overview-list',
    path: '/',
    act: (page) => page.getByRole('button', { name: 'Show list' }).click(),
  },
  { name: 'projects', path: '/projects' },
  { name: 'projects-search', path: '/projects?q=nothing-like-this' },
  { name: 'projects-chosen', path: '/projects', act: chooseAll },
  {
    name: 'projects-renew',
    path: '/projects',
    act: async (page) => {
      await chooseAll(page);
      await page.getByRole('toolbar').getByRole('button', { name: 'Renew' }).click();
      await dialog(page);
    },
  },
  {
    name: 'projects-tags-edit',
    path: '/projects',
    act: async (page) => {
      await chooseAll(page);
      await page.getByRole('toolbar').getByRole('button', { name: 'Edit tags' }).click();
      await dialog(page);
    },
  },
  { name: 'projects-saved-filters', path: '/projects?tag=production', act: openSavedFilters },
  { name: 'projects-failing', path: '/projects?failing=true' },
  { name: 'project', path: '/projects/ID', act: shows('Next renewal') },
  { name: 'project-certificate', path: '/projects/ID?tab=certificate', act: shows('BEGIN CERTIFICATE') },
  { name: 'project-challenges', path: '/projects/ID?tab=challenges', act: shows('Validation by the CA') },
  { name: 'project-history', path: '/projects/ID?tab=history', act: shows('Active') },
  { name: 'project-api', path: '/projects/ID?tab=api', act: shows('certificate/revoke') },
  { name: 'project-new', path: '/projects/NEW', act: shows('No certificate yet') },
  { name: 'project-edit', path: '/projects/ID', act: menu('Edit name and domains') },
  { name: 'project-failed', path: '/projects/BROKEN', act: shows('CA response') },
  { name: 'job', path: '/projects/ID/jobs/DONE', act: shows('Set up your server') },
  { name: 'job-failed', path: '/projects/BROKEN/jobs/FAILED' },
  { name: 'incidents', path: '/incidents', act: shows('0 of 6') },
  { name: 'incident', path: '/incidents/INCIDENT', act: shows('Needs attention') },
  { name: 'simulation', path: '/simulation', act: shows('Not fully automated') },
  { name: 'new', path: '/new', act: requestNothing },
  { name: 'new-http', path: '/new', act: enterNames('x.invalid', shows('Test again')) },
  { name: 'new-address', path: '/new', act: enterNames('127.0.0.1', shows('Test again')) },
  { name: 'new-many', path: '/new', act: enterNames(MANY_NAMES, shows('101 names are too many')) },
  { name: 'new-dns', path: '/new', act: enterNames('*.example.com', newCredential('AWS Route 53')) },
  { name: 'new-advanced', path: '/new', act: openAdvanced },
  { name: 'new-upload', path: '/new/upload' },
  { name: 'obtain', path: '/projects/ID/obtain', act: shows('stays active until the new one') },
  { name: 'upload', path: '/projects/NEW/upload' },
  { name: 'import', path: '/import' },
  { name: 'endpoints', path: '/endpoints', act: shows('db.example.net:5432') },
  { name: 'endpoints-search', path: '/endpoints?q=nothing-like-this' },
  { name: 'endpoint', path: '/endpoints/endpoint-mixed', act: shows('Chain sent by') },
  { name: 'endpoint-edit', path: '/endpoints/endpoint-mixed', act: press('Edit') },
  { name: 'endpoint-remove', path: '/endpoints/endpoint-mixed', act: press('Remove') },
  {
    name: 'endpoints-add',
    path: '/endpoints',
    act: async (page) => {
      await press('Add endpoints')(page);
      await page
        .getByRole('textbox', { name: 'Endpoints', exact: true })
        .fill('a.example.com\nsmtp://b.example.com\n*.example.com');
      await page.getByText('1 invalid line is skipped').waitFor();
    },
  },
  { name: 'hosts', path: '/hosts', act: shows('Host key changed') },
  { name: 'hosts-credentials', path: '/hosts?tab=credentials', act: shows('SSH key') },
  { name: 'host', path: '/hosts/HOST', act: shows('/etc/nginx/certdesk') },
  { name: 'host-changed-key', path: '/hosts/ALARM', act: shows('Presented now') },
  {
    name: 'host-accept-key',
    path: '/hosts/ALARM',
    act: async (page) => press('Compare and accept…')(page),
  },
  { name: 'host-tags', path: '/hosts/LOCAL', act: editTags('web') },
  { name: 'host-new', path: '/hosts/new' },
  {
    name: 'host-new-advanced',
    path: '/hosts/new',
    act: (page) => page.getByRole('button', { name: /^Tags, jump host/ }).click(),
  },
  {
    name: 'known-hosts',
    path: '/hosts/known-hosts',
    act: async (page) => {
      await page.getByLabel('Or paste its lines').fill(KNOWN_HOSTS);
      await page.getByRole('button', { name: 'Show keys' }).click();
      await page.getByText('Not imported').waitFor();
    },
  },
  {
    name: 'hosts-import',
    path: '/hosts/import',
    act: async (page) => {
      await page.getByLabel('Or paste its content').fill(INVENTORY);
      await page.getByRole('button', { name: 'Show hosts' }).click();
      await page.getByText('web03.example.com').first().waitFor();
    },
  },
  { name: 'host-edit', path: '/hosts/HOST/edit', act: shows('Save') },
  { name: 'host-remove', path: '/hosts/HOST', act: menu('Delete host') },
  { name: 'host-credential-new', path: '/hosts?tab=credentials', act: press('New credential') },
  { name: 'deployments', path: '/deployments', act: shows('Not served') },
  { name: 'deployments-add', path: '/deployments', act: press('Add deployment') },
  { name: 'deployment', path: '/deployments/DEPLOYMENT', act: shows('Could not connect') },
  { name: 'deployment-paused', path: '/deployments/PAUSED', act: shows('because a backup was restored') },
  { name: 'deployment-roll-back', path: '/deployments/DEPLOYMENT', act: menu('Roll back…') },
  { name: 'deployment-remove', path: '/deployments/DEPLOYMENT', act: menu('Delete deployment') },
  { name: 'deployment-edit', path: '/deployments/DEPLOYMENT/edit', act: shows('Commands') },
  {
    name: 'project-deployments',
    path: '/projects/ID?tab=deployments',
    act: shows('Files for the container'),
  },
  { name: 'project-where-used', path: '/projects/NEW?tab=deployments', act: shows('Deploy to nginx') },
  { name: 'deploy', path: '/projects/ID/deploy?recipe=nginx&host=HOST', act: shows('On web1:') },
  { name: 'deploy-advanced', path: '/projects/ID/deploy?recipe=nginx&host=HOST', act: changeParts },
  { name: 'deploy-rollout', path: '/projects/ID/deploy?recipe=nginx&host=HOST', act: openWindowAndRollout },
  { name: 'deploy-here', path: '/projects/ID/deploy?recipe=haproxy&host=LOCAL', act: shows('bind :443') },
  { name: 'deploy-many', path: '/deployments/many?projects=ID,NEW', act: shows('{domain}') },
  { name: 'deploy-files', path: '/projects/ID/deploy?recipe=files&host=HOST', act: shows('File 2') },
  { name: 'deploy-command', path: '/projects/ID/deploy?recipe=command', act: shows('A shell script') },
  { name: 'dns-credentials', path: '/dns-credentials' },
  { name: 'dns-credential-new', path: '/dns-credentials', act: press('New credential') },
  { name: 'dns-credential-test', path: '/dns-credentials', act: press(/^Test /) },
  { name: 'activity', path: '/activity' },
  {
    name: 'activity-checked',
    path: '/activity',
    act: async (page) => {
      await page.getByRole('button', { name: 'Verify integrity' }).click();
      await page.getByText('entries are intact').waitFor();
    },
  },
  { name: 'tokens', path: '/tokens' },
  { name: 'token-new', path: '/tokens', act: press('New token') },
  {
    name: 'navigation',
    path: '/projects',
    act: async (page) => {
      await page.setViewportSize({ width: 400, height: 900 });
      await page.getByRole('button', { name: 'Open navigation' }).click();
      await dialog(page);
    },
  },
  { name: 'settings', path: '/settings' },
  { name: 'settings-renewals', path: '/settings/renewals', act: shows('Concurrent renewals') },
  { name: 'settings-authorities', path: '/settings/authorities', act: shows('CA rate limits') },
  { name: 'settings-dns', path: '/settings/dns', act: shows('Propagation check') },
  { name: 'settings-network', path: '/settings/network', act: shows('HTTP-01 listener') },
  { name: 'settings-sessions', path: '/settings/sessions', act: shows('This browser') },
  { name: 'settings-audit', path: '/settings/audit', act: shows('Keep entries') },
  { name: 'notifications', path: '/notifications', act: shows('On call') },
  { name: 'backups', path: '/backups', act: shows('1 backup') },
  {
    name: 'backup-restore',
    path: '/backups',
    act: async (page) => {
      await checkBackup(await openRestore(page), PASSPHRASE);
      await page.getByText('Before you restore').waitFor();
    },
  },
  { name: 'notification-mail-new', path: '/notifications', act: press('New channel') },
  {
    name: 'notification-webhook-new',
    path: '/notifications',
    act: async (page) => {
      await press('New channel')(page);
      await page.getByRole('dialog').getByText('Webhook', { exact: true }).click();
    },
  },
  { name: 'about', path: '/about' },
  { name: 'not-found', path: '/nowhere' },
  { name: 'renew', path: '/projects/ID', act: press(/^Renew/) },
  { name: 'export', path: '/projects/ID', act: menu('Export') },
  { name: 'revoke', path: '/projects/ID', act: menu('Revoke') },
  { name: 'remove', path: '/projects/ID', act: menu('Remove certificate') },
  {
    name: 'palette',
    path: '/projects',
    act: (page) => page.keyboard.press('Control+k').then(() => dialog(page)),
  },
  // The last one, because it signs out.
  {
    name: 'signed-out',
    path: '/about',
    act: async (page) => {
      await page.getByRole('button', { name: 'Sign out' }).click();
      await page.getByText('certdesk login-link').first().waitFor();
    },
  },
];
