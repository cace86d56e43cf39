// The placeholder {domain}: where it is filled in, with what, and what is refused.
import { describe, expect, it } from 'vitest';
import { checkTemplate, fillTemplate } from '../../../src/main/engine/deploy/fill-template.ts';
import { type CreateDeployment, CreateDeploymentSchema } from '../../../src/shared/deployment.ts';

const template = (more: object): CreateDeployment =>
  CreateDeploymentSchema.parse({ hosts: { tag: 'web' }, ...more });
const files = (path: string) => [{ content: 'combined', path }];
const fill = (more: object, domain: string | null, altNames: string[] = []) =>
  fillTemplate(template(more), { domain, altNames });

describe('a template', () => {
  it('fills in paths, commands, values and names', () => {
    const filled = fill(
      {
        name: 'nginx {domain}',
        files: files('/etc/tls/{domain}/{domain}.pem'),
        steps: {
          validateCommand: ['check', '--name={domain}'],
          reloadCommand: ['sh', '-c', `reload \${domain} {{domain}} {domain}`],
          environment: [{ name: 'SITE', value: '{domain}' }],
        },
        verify: { port: 443, serverName: '{domain}' },
      },
      'shop.example.com',
    );
    expect(filled).toMatchObject({
      name: 'nginx shop.example.com',
      files: [{ path: '/etc/tls/shop.example.com/shop.example.com.pem' }],
      steps: {
        validateCommand: ['check', '--name=shop.example.com'],
        reloadCommand: ['sh', '-c', `reload \${domain} {domain} shop.example.com`],
        environment: [{ value: 'shop.example.com' }],
      },
      verify: { serverName: 'shop.example.com' },
    });
  });

  it.each([
    ['*.example.com', '/t/example.com.pem', 'www.{domain}', 'www.example.com'],
    ['2001:db8::1', '/t/2001_db8__1.pem', '{domain}', '2001:db8::1'],
    ['192.0.2.1', '/t/192.0.2.1.pem', '{domain}', '192.0.2.1'],
    ['xn--mnchen-3ya.example', '/t/xn--mnchen-3ya.example.pem', '{domain}', 'xn--mnchen-3ya.example'],
  ])('has the file name and the name of %s', (domain, path, serverName, name) => {
    const filled = fill({ files: files('/t/{domain}.pem'), verify: { port: 443, serverName } }, domain);
    expect([filled.files?.[0]?.path, filled.verify?.serverName]).toEqual([path, name]);
  });

  it.each([
    ['../../etc/cron.d/x'],
    ['a/b'],
    ['-rf.example.com'],
    ['$(reboot).example.com'],
    ['a b.example.com'],
    ['a;reboot'],
    ['a..example.com'],
    ['Shop.example.com'],
    ['münchen.example'],
    ['a\nb.example.com'],
    [''],
    ['*.*.example.com'],
    ['::ffff:192.0.2.1'],
  ])('refuses the damaged domain %j in paths, commands and recipes', (domain) => {
    const problem = 'uses {domain}, and the domain of the project is not a valid name';
    expect(() => fill({ files: files('/t/{domain}.pem') }, domain)).toThrow(`files.0.path: ${problem}`);
    const command = { kind: 'command', command: { argv: ['deploy', '{domain}'] } };
    expect(() => fill(command, domain)).toThrow(`command.argv.1: ${problem}`);
    expect(() => fill({ recipe: 'nginx' }, domain)).toThrow(`recipe: ${problem}`);
    const verify = { port: 443, serverName: '{domain}' };
    expect(() => fill({ files: files('/t/x.pem'), verify }, domain)).toThrow(`verify.serverName: ${problem}`);
  });

  it.each([
    ['no domain', { files: files('/t/{domain}.pem') }, null, 'files.0.path: uses {domain}, and the project'],
    [
      'a name that is no name of the project',
      { files: files('/t/x'), verify: { port: 443, serverName: 'www.{domain}' } },
      'example.com',
      'verify.serverName: is www.example.com, which is none of the names of the project',
    ],
    [
      'the bare domain of a wildcard',
      { files: files('/t/x'), verify: { port: 443, serverName: '{domain}' } },
      '*.example.com',
      'verify.serverName: is example.com, which is none',
    ],
    [
      'a file name that is too long',
      { files: files('/t/{domain}.pem') },
      `${`${'a'.repeat(63)}.`.repeat(3)}${'b'.repeat(58)}.de`,
      'files.0.path: has a name of more than 255 bytes',
    ],
  ] as const)('refuses %s for one project', (_, more, domain, problem) => {
    expect(() => fill(more, domain)).toThrow(problem);
  });

  it('leaves a project without a domain alone if it does not use the domain', () => {
    expect(fill({ files: files('/t/x.pem') }, null).files?.[0]?.path).toBe('/t/x.pem');
  });
});

describe('the check of a template', () => {
  it.each([
    [
      'an unknown placeholder',
      { files: files('/t/{name}.pem') },
      'files.0.path: has the unknown placeholder {name}',
    ],
    [
      'one in a command',
      { files: files('/t/x'), steps: { reloadCommand: ['r', '{Domain}'] } },
      'steps.reloadCommand.1: ',
    ],
    [
      'one in a recipe',
      { recipe: 'nginx', options: { certificate: '/t/{host}' } },
      'options.certificate: has the unknown',
    ],
    [
      'a script with the placeholder',
      { kind: 'command', command: { script: 'reload {domain}' } },
      'command.script: contains {domain}, which is not filled in in a script. Use the variable $CERTDESK_DOMAIN',
    ],
    [
      'an option of a kind without a host',
      { kind: 'aws-acm', hosts: { none: true }, options: { region: '{domain}' } },
      'options.region: contains {domain}, which is not filled in here',
    ],
    [
      'a deployment that comes before',
      { files: files('/t/x'), after: 'd1' },
      'after: belongs to one project',
    ],
  ])('refuses %s', (_, more, problem) => {
    expect(() => checkTemplate(template(more))).toThrow(problem);
  });

  it.each([
    [
      'a script with variables and braces',
      { kind: 'command', command: { script: `awk '{print}' \${domain}` } },
    ],
    [
      'braces that are no placeholder',
      { files: files('/t/x'), steps: { reloadCommand: ['r', '{}', '{{x}}', `\${Y}`] } },
    ],
  ])('allows %s', (_, more) => {
    expect(() => checkTemplate(template(more))).not.toThrow();
  });
});
