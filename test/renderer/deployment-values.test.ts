import { expect, test } from 'vitest';
import { expandRecipe, listRecipes } from '../../src/main/engine/deploy/recipes/index.ts';
import {
  checkDeployment,
  type DeploymentValues,
  defaultOf,
  isMainField,
  newDeployment,
  newFile,
  toCreateDeployment,
  toUpdateDeployment,
  valuesOfDeployment,
  withParts,
  withService,
} from '../../src/renderer/deployments/deployment-values.ts';
import { stepsToCome } from '../../src/renderer/deployments/steps-to-come.ts';
import { CreateDeploymentSchema, type Deployment, type RecipeInfo } from '../../src/shared/deployment.ts';
import { DEFAULT_ROLLOUT } from '../../src/shared/rollout.ts';

const VERIFY = {
  port: 443,
  protocol: 'tls',
  serverName: null,
  graceSeconds: 30,
  onWorse: 'rollback',
} as const;
const STEPS = { validateCommand: null, reloadCommand: null, timeoutSeconds: 60, environment: [] };
const field = (name: string, required: boolean, standard: string) => ({
  name,
  label: name,
  help: '',
  required,
  default: standard,
});
const NGINX: RecipeInfo = {
  id: 'nginx',
  name: 'nginx',
  description: '',
  kind: 'files',
  fields: [
    field('certificate', true, '/etc/nginx/certdesk/{domain}.pem'),
    field('key', false, ''),
    field('port', true, '443'),
  ],
  protocols: { byPort: {}, otherwise: 'tls' },
  verify: VERIFY,
};
const DOMAIN = 'shop.example.com';
const filled = (patch: Partial<DeploymentValues> = {}): DeploymentValues => ({
  ...newDeployment('nginx', 'h1'),
  ...patch,
});

test('a recipe with its defaults sends only the recipe and the hosts', () => {
  expect(checkDeployment(filled(), NGINX, DOMAIN)).toEqual({});
  const body = toCreateDeployment(filled(), NGINX);
  expect(body).toEqual({
    kind: 'files',
    recipe: 'nginx',
    options: {},
    hosts: { ids: ['h1'] },
    window: null,
    rollout: DEFAULT_ROLLOUT,
    after: null,
    enabled: true,
  });
  expect(CreateDeploymentSchema.safeParse(body).success).toBe(true);
});

test('a new user sees only the paths that the recipe needs', () => {
  expect(NGINX.fields.filter(isMainField).map(({ name }) => name)).toEqual(['certificate']);
  expect(defaultOf('/etc/nginx/certdesk/{domain}.pem', '*.example.com')).toBe(
    '/etc/nginx/certdesk/example.com.pem',
  );
});

test('missing hosts, emptied required fields and unclosed quotation marks are reported at their fields', () => {
  const wrong = filled({
    hostIds: [],
    options: { certificate: ' ' },
    custom: true,
    reloadCommand: 'sh -c "oops',
    files: [{ ...newFile(), path: 'relative', mode: '999' }],
  });
  expect(Object.keys(checkDeployment(wrong, NGINX, DOMAIN)).sort()).toEqual([
    'files.0.mode',
    'files.0.path',
    'hosts',
    'options.certificate',
    'reloadCommand',
  ]);
  const byTag = filled({ selection: 'tag' });
  expect(checkDeployment(byTag, NGINX, DOMAIN)).toHaveProperty('hosts');
});

test('a wildcard needs the name that the check connects with', () => {
  expect(checkDeployment(filled(), NGINX, '*.example.com')).toHaveProperty('serverName');
  const named = filled({ serverName: ' www.example.com ', options: { port: '8443' } });
  expect(checkDeployment(named, NGINX, '*.example.com')).toEqual({});
  expect(toCreateDeployment(named, NGINX).verify).toEqual({
    ...VERIFY,
    port: 8443,
    serverName: 'www.example.com',
  });
});

test.each([
  ['dovecot', undefined, 993, 'tls'],
  ['dovecot', ' 143 ', 143, 'imap'],
  ['dovecot', '110', 110, 'pop3'],
  ['postfix', '465', 465, 'tls'],
  ['postfix', '587', 587, 'smtp'],
  ['slapd', '389', 389, 'ldap'],
])(
  'for a wildcard, the check of %s on port %s has the protocol of that port',
  (id, entered, port, protocol) => {
    const recipe = listRecipes().find((each) => each.id === id);
    const options: DeploymentValues['options'] = entered === undefined ? {} : { port: entered };
    const named = filled({ service: id, serverName: 'mail.example.com', options });
    expect(toCreateDeployment(named, recipe).verify).toMatchObject({ port, protocol });
    expect(expandRecipe(id, options, 'example.com').verify).toMatchObject({ port, protocol });
  },
);

test('files and commands of a preview are sent as they were, until the user changes them', () => {
  const file = {
    content: 'combined',
    path: '/etc/nginx/certdesk/shop.example.com.pem',
    owner: null,
    group: 'ssl-cert',
    mode: '0640',
    replace: 'rename',
    passwordCredentialId: null,
  } as const;
  const steps = {
    ...STEPS,
    reloadCommand: ['sh', '-c', 'echo "a b"'],
    environment: [{ name: 'A', value: '1', credentialId: null }],
  };
  const values = withParts(filled(), { files: [file], steps, verify: VERIFY });
  const body = toCreateDeployment(values, NGINX);
  expect(body).toMatchObject({ files: [file], steps, verify: VERIFY });
  expect(CreateDeploymentSchema.safeParse(body).success).toBe(true);
});

test('a command has no files and no commands of its own to check and reload', () => {
  const values = { ...newDeployment('command', 'h1'), argv: 'install --now', validateCommand: 'x' };
  expect(checkDeployment(values, undefined, DOMAIN)).toEqual({});
  expect(toCreateDeployment(values, undefined)).toMatchObject({
    kind: 'command',
    recipe: null,
    files: [],
    command: { argv: ['install', '--now'] },
    steps: STEPS,
    verify: null,
  });
  expect(checkDeployment({ ...values, argv: ' ' }, undefined, DOMAIN)).toHaveProperty('command');
});

test('an edit keeps the stored script unless a new one is entered', () => {
  const deployment: Deployment = {
    id: 'd1',
    project: { id: 'p1', name: 'shop', domain: DOMAIN },
    name: 'Restart',
    kind: 'command',
    recipe: null,
    hosts: { tag: 'web' },
    enabled: true,
    pausedBy: null,
    options: {},
    files: [],
    command: { script: { lines: 3, sha256: 'a' } },
    steps: STEPS,
    verify: null,
    window: null,
    rollout: DEFAULT_ROLLOUT,
    after: null,
    waiting: null,
    state: 'deployed',
    stateAt: '2026-01-19T12:00:00Z',
    targets: [],
    createdAt: '2026-01-19T12:00:00Z',
    updatedAt: '2026-01-19T12:00:00Z',
  };
  const values = valuesOfDeployment(deployment);
  expect(checkDeployment(values, undefined, DOMAIN, true)).toEqual({});
  expect(toUpdateDeployment(values)).toEqual({
    name: 'Restart',
    hosts: { tag: 'web' },
    files: [],
    steps: STEPS,
    verify: null,
    window: null,
    rollout: DEFAULT_ROLLOUT,
    after: null,
  });
  expect(toUpdateDeployment({ ...values, script: 'echo' })).toMatchObject({ command: { script: 'echo' } });
});

test('steps to come are those after the last one that was reached', () => {
  const step = (name: 'connect' | 'stage') => ({
    step: name,
    state: 'done' as const,
    at: '2026-01-19T12:00:00Z',
    message: '',
    output: null,
  });
  expect(stepsToCome([], false)).toEqual(['connect', 'compare', 'stage', 'swap', 'verify']);
  expect(stepsToCome([step('connect'), step('stage')], false)).toEqual(['swap', 'verify']);
  expect(stepsToCome([step('connect')], true)).toEqual(['command']);
});

test('a window has at least one day, and stays if another service is chosen', () => {
  const window = { days: ['sunday' as const], start: '02:00', end: '04:00', timeZone: 'Europe/Berlin' };
  const values = { ...filled(), windowed: true, ...window };
  expect(checkDeployment(values, NGINX, DOMAIN)).toEqual({});
  expect(toCreateDeployment(values, NGINX)).toMatchObject({ window });
  expect(toCreateDeployment(withService(values, 'files'), undefined)).toMatchObject({ window });
  expect(toCreateDeployment({ ...values, windowed: false }, NGINX)).toMatchObject({ window: null });
  expect(checkDeployment({ ...values, days: [], start: '' }, NGINX, DOMAIN)).toMatchObject({
    'window.days': 'Choose at least one day.',
    'window.start': 'Enter a time such as 02:00.',
  });
});
