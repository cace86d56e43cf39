// The pure decisions of deployments: states, retries, what is compared, what is said, and what recipes fill in.
import { describe, expect, it } from 'vitest';
import { mergeEnvironments, pathEnvironment } from '../../../src/main/engine/deploy/environment.ts';
import { describeRun, warnAbout } from '../../../src/main/engine/deploy/plan.ts';
import { expandRecipe, keyReader, listRecipes } from '../../../src/main/engine/deploy/recipes/index.ts';
import { nextAttemptAt } from '../../../src/main/engine/deploy/retry.ts';
import { combineStates, stateOf } from '../../../src/main/engine/deploy/state.ts';
import { judge } from '../../../src/main/engine/deploy/verify.ts';
import { CLIENT_USES } from '../../../src/shared/client-auth.ts';
import { hasKey } from '../../../src/shared/deployment.ts';
import { DEFAULT_ROLLOUT } from '../../../src/shared/rollout.ts';
import { secretsOf } from '../../support/deploy/recipe-page.ts';
import { RUN } from '../../support/engine/many-deployments.ts';

describe('the state of a deployment', () => {
  const run = (state: typeof RUN.state, versionId = 'c1') => ({ ...RUN, state, versionId });
  it.each([
    ['deployed', [run('deployed'), run('verified'), run('unchanged')]],
    ['failed', [run('deployed'), run('failed')]],
    ['failed', [run('pending'), run('rolled-back')]],
    ['not-served', [run('not-served'), run('running')]],
    ['deploying', [run('deployed'), run('pending')]],
    ['waiting', [run('deployed'), run('waiting-for-window')]],
    ['deploying', [run('pending'), run('waiting-for-window')]],
    ['outdated', [run('deployed'), run('deployed', 'c0')]],
    ['unknown', [run('deployed'), null]],
    ['unknown', []],
    ['unknown', [run('cancelled')]],
  ] as const)('is %s', (state, runs) => {
    expect(stateOf(true, runs, 'c1')).toBe(state);
    expect(stateOf(false, runs, 'c1')).toBe('paused');
  });

  it('is the most urgent one for a project', () => {
    const at = (state: 'deployed' | 'failed', stateAt: string) => ({ state, stateAt, waiting: null });
    expect(combineStates([])).toBeNull();
    expect(combineStates([at('deployed', '3'), at('failed', '1'), at('failed', '2')])).toEqual({
      state: 'failed',
      at: '2',
      waiting: null,
    });
  });
});

describe('the next attempt', () => {
  const now = new Date('2026-06-01T12:00:00Z');
  it('waits for a person after a changed key, an unknown certificate, or a disturbed service', () => {
    for (const code of ['HOST_KEY_REFUSED', 'HOST_HAS_NEWER_CERTIFICATE', 'DEPLOYMENT_WORSE'])
      expect(nextAttemptAt('failed', { code, attempts: 1, now })).toBeNull();
    expect(nextAttemptAt('deployed', { code: null, attempts: 1, now })).toBeNull();
    expect(nextAttemptAt('not-served', { code: 'DEPLOYMENT_NOT_SERVED', attempts: 9, now })).toBe(
      '2026-06-01T14:00:00Z',
    );
  });
});

describe('what is served afterwards', () => {
  const seen = (grade: Parameters<typeof judge>[0]['grade']) => ({ grade, worthKeeping: true, reason: 'x' });
  it.each([
    ['worse', 'failed', 'valid'],
    ['worse', 'wrong-name', 'valid'],
    ['worse', 'incomplete', 'valid'],
    ['not-served', 'valid', 'valid'],
    ['not-served', 'failed', 'failed'],
    ['not-served', 'failed', 'unknown'],
    ['unknown', 'unknown', 'valid'],
  ] as const)('is %s if it is %s after it was %s', (verdict, after, before) => {
    expect(judge(seen(after), { grade: before, worthKeeping: true }).state).toBe(verdict);
  });
  it('is not compared with what is not worth keeping', () => {
    expect(judge(seen('failed'), { grade: 'valid', worthKeeping: false }).state).toBe('not-served');
  });
});

/** A recipe with a password needs a credential. */
const defaultsOf = (id: string) => secretsOf(listRecipes().find((recipe) => recipe.id === id)?.fields ?? []);

describe('a recipe', () => {
  it('needs the credential of a keystore', () => {
    const expand = (password?: string) => () =>
      expandRecipe('tomcat', password === undefined ? {} : { password }, 'a.example');
    expect(expand()).toThrow('options.password: is missing (Keystore password)');
    expect(expand(' '.repeat(9))).toThrow('options.password: is missing');
    const [file] = expandRecipe('tomcat', defaultsOf('tomcat'), 'a.example').files;
    expect(file).toMatchObject({
      content: 'pkcs12',
      owner: 'tomcat',
      mode: '0600',
      passwordCredentialId: defaultsOf('tomcat').password,
    });
  });

  it.each(listRecipes().map(({ id }) => id))('%s fills in files, commands and the check', (id) => {
    const { files, steps, verify } = expandRecipe(id, defaultsOf(id), '*.example.com');
    expect(files.map(({ path }) => path).join()).toContain('/example.com');
    expect(steps.validateCommand === null).toBe(['mosquitto', 'tomcat'].includes(id)); // they have no command for that
    expect(steps.reloadCommand).not.toBeNull();
    expect(verify?.port).toBeGreaterThan(0);
  });

  it.each(listRecipes().map(({ id }) => id))(
    '%s runs commands that the list of the helper can contain',
    (id) => {
      const options: Record<string, string> =
        id === 'haproxy' ? { socket: '/run/haproxy/admin.sock' } : defaultsOf(id);
      const { validateCommand, reloadCommand } = expandRecipe(id, options, 'a.example').steps;
      expect([...(validateCommand ?? []), ...(reloadCommand ?? [])].join()).not.toMatch(/\p{Cc}/u);
    },
  );

  it.each(listRecipes().map(({ id }) => id))('%s gives the key to the user that reads it', (id) => {
    const reader = keyReader(id);
    const { files } = expandRecipe(id, defaultsOf(id), 'a.example');
    for (const { content, owner, mode } of files)
      if (hasKey(content)) expect([owner, mode]).toEqual(reader === null ? [null, null] : [reader, '0600']);
  });

  it.each([
    ['dovecot', '993', 'tls'],
    ['dovecot', '143', 'imap'],
    ['dovecot', '110', 'pop3'],
    ['postfix', '587', 'smtp'],
    ['postfix', '465', 'tls'],
    ['slapd', '389', 'ldap'],
    ['slapd', '636', 'tls'],
  ])('%s is checked on port %s with the protocol of that port', (id, port, protocol) => {
    expect(expandRecipe(id, { port }, 'a.example').verify).toMatchObject({ port: Number(port), protocol });
  });

  it('prefers one file, which is replaced atomically, for all services but Apache', () => {
    for (const { id } of listRecipes().filter((recipe) => recipe.id !== 'apache'))
      expect(expandRecipe(id, defaultsOf(id), 'a.example').files, id).toHaveLength(1);
    const two = expandRecipe('nginx', { certificate: '/a/c.pem', key: '/a/k.pem' }, 'a.example');
    expect(two.files.map(({ content }) => content)).toEqual(['fullchain', 'privkey']);
  });

  it('rebuilds the SNI table of Postfix before the reload', () => {
    const { steps } = expandRecipe('postfix', { sniMap: 'hash:/etc/postfix/sni' }, 'a.example');
    expect(steps.reloadCommand).toEqual([
      'sh',
      '-c',
      'postmap -F "$1" && postfix reload',
      'sh',
      'hash:/etc/postfix/sni',
    ]);
  });
});

it('every use as a client is that of a recipe, or of servers that are known by their port', () => {
  const ids = listRecipes().map(({ id }) => id);
  expect(Object.keys(CLIENT_USES).filter((id) => !ids.includes(id))).toEqual(['xmpp', 'mumble']);
});

describe('the preview', () => {
  it('says in sentences what a run does, and warns', () => {
    const { files, steps, verify } = expandRecipe('nginx', { key: '/etc/tls/a.key' }, 'a.example');
    const described = {
      kind: 'files',
      recipe: 'nginx',
      options: {},
      files,
      steps,
      verify,
      command: null,
      window: null,
      rollout: { ...DEFAULT_ROLLOUT, stopOnFailure: false },
    } as const;
    expect(describeRun(described, { hosts: ['web-1', 'web-2'], domain: 'a.example' })).toEqual([
      'On web-1, web-2:',
      'Write certificate and intermediates to /etc/nginx/certdesk/a.example.pem.',
      'Write private key to /etc/tls/a.key.',
      'Replace all files together, and keep the previous ones for a rollback.',
      'Check the configuration with "nginx -t"; if that fails, put the previous files back.',
      'Reload the service with "nginx -s reload"; if that fails, put the previous files back.',
      'Connect to port 443 with TLS as a.example, and wait up to 30 seconds for the new certificate.',
      'If the service works worse than before, put the previous files back.',
    ]);
    const window = {
      days: ['saturday' as const, 'sunday' as const],
      start: '22:00',
      end: '04:00',
      timeZone: 'Europe/Berlin',
    };
    expect(describeRun({ ...described, window }, { hosts: ['web-1'], domain: 'a.example' })[0]).toBe(
      'Wait for the window: Saturday, Sunday from 22:00 to 04:00 the next day (Europe/Berlin). Do not wait if the installed certificate would expire first, or once less than a tenth of its lifetime is left.',
    );
    const { files: owned } = expandRecipe('postgresql', {}, 'a.example');
    expect(describeRun({ ...described, files: owned }, { hosts: ['db'], domain: null })).toContain(
      'Write private key, certificate and intermediates to /etc/ssl/postgresql/a.example.pem, owner postgres, mode 0600.',
    );
    const forServers = { forServersOnly: true, acknowledgedUses: [], window: null };
    expect(warnAbout(described, forServers)).toEqual([]);
    const open = files.map((file) => ({ ...file, mode: '0644' }));
    expect(warnAbout({ ...described, files: open }, forServers)).toEqual([
      'Everyone on the host can read the private key in /etc/tls/a.key (mode 0644).',
    ]);
    const mail = { ...described, recipe: 'postfix' };
    expect(warnAbout(mail, forServers)).toEqual([
      expect.stringMatching(
        /does not permit client authentication\. Postfix presents it to other mail servers/,
      ),
    ]);
    expect(warnAbout(mail, { ...forServers, forServersOnly: false })).toEqual([]);
    expect(warnAbout(mail, { ...forServers, acknowledgedUses: ['dovecot'] })).toHaveLength(1);
    expect(warnAbout(mail, { ...forServers, acknowledgedUses: ['postfix'] })).toEqual([]);
  });
});

describe('the environment of commands', () => {
  it('has the path that serves each purpose', () => {
    expect(pathEnvironment([{ content: 'combined', path: '/a' }])).toEqual({
      CERTDESK_CERTIFICATE: '/a',
      CERTDESK_FULLCHAIN: '/a',
      CERTDESK_PRIVKEY: '/a',
    });
  });

  it('of a merged reload has all names, and only what is common', () => {
    const one = { CERTDESK_DOMAIN: 'a', CERTDESK_NAMES: 'a b', CERTDESK_EVENT: 'renewed' };
    const two = { CERTDESK_DOMAIN: 'c', CERTDESK_NAMES: 'c b', CERTDESK_EVENT: 'renewed' };
    expect(mergeEnvironments([one, two])).toEqual({ CERTDESK_NAMES: 'a b c', CERTDESK_EVENT: 'renewed' });
  });
});
