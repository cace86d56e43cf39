// Reads Ansible inventories as Ansible does. The first ones are those of its documentation
// (https://docs.ansible.com/ansible/latest/inventory_guide/intro_inventory.html).
import { describe, expect, it } from 'vitest';
import { readAnsibleIni } from '../../../src/main/engine/hosts/inventory/ansible-ini.ts';
import { readAnsibleYaml } from '../../../src/main/engine/hosts/inventory/ansible-yaml.ts';
import { readCandidates } from '../../../src/main/engine/hosts/inventory/candidates.ts';
import { expandHosts } from '../../../src/main/engine/hosts/inventory/host-pattern.ts';

const LIMIT = 100;
const ini = (text: string) => readCandidates(readAnsibleIni(text, LIMIT));
const yaml = (text: string) => readCandidates(readAnsibleYaml(text, LIMIT));
const short = ({ hosts }: ReturnType<typeof ini>) =>
  Object.fromEntries(
    hosts.map(({ name, address, port, user, tags }) => [
      name,
      `${user ?? ''}@${address}:${port} ${tags.join(',')}`.trim(),
    ]),
  );

const INI = `
mail.example.com

[webservers]
foo.example.com
www[01:03].example.com

[dbservers]
db-[a:c].example.com
badwolf.example.com:5309

[atlanta]
host1 http_port=80 maxRequestsPerChild=808  # a comment
jumper ansible_port=5555 ansible_host=192.0.2.50

[southeast:children]
atlanta
raleigh

[southeast:vars]
ansible_user=admin
some_server=foo.southeast.example.com

[raleigh]
host2 ansible_user='rough "user"'
host3 ansible_user="deploy"
`;

const YAML = `
ungrouped:
  hosts:
    mail.example.com:
webservers:
  hosts:
    foo.example.com:
    www[01:03].example.com:
dbservers:
  hosts:
    db-[a:c].example.com:
    badwolf.example.com:
      ansible_port: 5309
southeast:
  children:
    atlanta:
      hosts:
        host1:
          http_port: 80
        jumper:
          ansible_port: 5555
          ansible_host: 192.0.2.50
    raleigh:
      hosts:
        host2: { ansible_user: 'rough "user"' }
        host3:
          ansible_user: deploy
  vars:
    ansible_user: admin
    some_server: foo.southeast.example.com
`;

describe('an inventory', () => {
  it.each([
    ['INI', () => ini(INI)],
    ['YAML', () => yaml(YAML)],
  ])('of the documentation in %s has these hosts', (_, read) => {
    expect(short(read())).toEqual({
      'mail.example.com': '@mail.example.com:22',
      'foo.example.com': '@foo.example.com:22 webservers',
      'www01.example.com': '@www01.example.com:22 webservers',
      'www02.example.com': '@www02.example.com:22 webservers',
      'www03.example.com': '@www03.example.com:22 webservers',
      'db-a.example.com': '@db-a.example.com:22 dbservers',
      'db-b.example.com': '@db-b.example.com:22 dbservers',
      'db-c.example.com': '@db-c.example.com:22 dbservers',
      'badwolf.example.com': '@badwolf.example.com:5309 dbservers',
      host1: 'admin@host1:22 atlanta,southeast',
      jumper: 'admin@192.0.2.50:5555 atlanta,southeast',
      host3: 'deploy@host3:22 raleigh,southeast',
    });
    expect(read().refused).toMatchObject([{ name: 'host2', reason: 'The user is not the name of a user' }]);
  });

  it('lets the nearest group decide, then the priority, then the name', () => {
    const text = `[a]\nh\n[b]\nh\n[c]\ni\n[b:vars]\nansible_user=b\n[a:vars]\nansible_user=a\n[top:children]\nc\n[top:vars]\nansible_user=top\nansible_port=1\n[all:vars]\nansible_user=all\nansible_port=2`;
    expect(short(ini(text))).toEqual({ h: 'b@h:2 a,b', i: 'top@i:1 c,top' });
    expect(short(ini(`${text}\n[a:vars]\nansible_group_priority=10`)).h).toBe('a@h:2 a,b');
  });

  it('adds up what several lines say about a host', () => {
    expect(short(ini('[a]\nh ansible_user=x\n[b]\nh ansible_port=23'))).toEqual({ h: 'x@h:23 a,b' });
  });

  it('reads IPv6 addresses with and without a port, and older names of variables', () => {
    expect(
      short(ini('2001:db8::1\n[2001:db8::2]:2222\nx ansible_ssh_host=192.0.2.1 ansible_ssh_user=u')),
    ).toEqual({
      '2001:db8::1': '@2001:db8::1:22',
      '2001:db8::2': '@2001:db8::2:2222',
      x: 'u@192.0.2.1:22',
    });
  });

  it('makes tags of groups, and says which cannot be one', () => {
    const [host] = ini('[Web]\nh\n[_x]\nh').hosts;
    expect(host?.tags).toEqual(['web']);
    expect(host?.notes).toEqual(['No tag can have the name of the group _x']);
  });
});

describe('secrets of an inventory', () => {
  const vars = ['ansible_password', 'ansible_become_pass', 'db_token', 'api_secret'];
  it.each([
    ['INI', () => ini(`h ${vars.map((name) => `${name}=hunter2`).join(' ')}\n[all:vars]\nvault_x=hunter2`)],
    [
      'YAML',
      () =>
        yaml(
          `all:\n  hosts:\n    h:\n${vars.map((name) => `      ${name}: hunter2`).join('\n')}\n  vars: {vault_x: hunter2}`,
        ),
    ],
  ])('in %s are named and nowhere else', (_, read) => {
    const found = read();
    expect(JSON.stringify(found)).not.toContain('hunter2');
    expect(found.hosts[0]?.notes).toEqual([
      'Secrets are not imported: ansible_become_pass, ansible_password, api_secret, db_token, vault_x. Use a credential',
    ]);
  });

  it('are not in the reason for a line that cannot be read', () => {
    const found = ini('h hunter2\nh2 x="hunter2\n[g:vars]\nhunter2\n[bad:hunter]\nhunter2=hunter2\nhunter2');
    expect(found.refused.length).toBe(6);
    expect(JSON.stringify(found.refused)).not.toContain('hunter2');
    for (const text of ['a: {b: "hunter2', 'hunter2', '- hunter2'])
      expect(() => yaml(text)).toThrow(
        expect.not.objectContaining({ message: expect.stringContaining('hunter2') }),
      );
  });
});

describe('a host is refused', () => {
  it.each([
    ['a template as its address', 'h ansible_host={{host_ip}}', 'ansible_host is a template of Jinja'],
    [
      'a template in its user',
      `h ansible_user="{{ lookup('env','U') }}"`,
      'ansible_user is a template of Jinja',
    ],
    [
      'a connection that is not SSH',
      'h ansible_connection=winrm',
      'Ansible does not use SSH for this host (ansible_connection)',
    ],
    ['a local connection', 'localhost ansible_connection=local', 'the machine it runs on'],
    ['a port that is none', 'h ansible_port=99999', 'The port is no number'],
    ['an address that is none', 'h ansible_host=a/b', 'The address is no host name'],
    ['a user with a command', 'h ansible_user=$(id)', 'The user is not the name of a user'],
    ['an open range', 'web[01:', 'The range in brackets is not one'],
    ['a range of different lengths', 'web[01:100]', 'The range in brackets is not one'],
    ['letters in the wrong order', 'web[X:b]', 'The range in brackets is not one'],
    ['a range without end', 'web[1:999999999]', 'more than 100 hosts'],
    ['ranges that multiply', 'w[1:50]x[1:50]', 'more than 100 hosts'],
  ])('for %s', (_, line, reason) => {
    const { hosts, refused } = ini(line);
    expect(hosts).toEqual([]);
    expect(refused[0]?.reason).toContain(reason);
    expect(refused[0]?.line).toBe(1);
  });

  it('whose address is encrypted', () => {
    const text =
      'all:\n  hosts:\n    h:\n      ansible_host: !vault |\n        $ANSIBLE_VAULT;1.1;AES256\n        6162\n';
    expect(yaml(text).refused).toMatchObject([
      { name: 'h', reason: 'ansible_host is encrypted or no single value' },
    ]);
  });

  it('after the limit', () => {
    expect(ini('a[1:90]\nb[1:20]')).toMatchObject({
      hosts: { length: 100 },
      refused: [{ line: 2, reason: 'The file has more than 100 hosts' }],
    });
  });
});

describe('a file', () => {
  it('with groups in a circle keeps the rest', () => {
    const { hosts, refused } = ini('[a:children]\nb\n[b:children]\na\n[b]\nh');
    expect(hosts[0]?.tags).toEqual(['a', 'b']);
    expect(refused[0]?.reason).toMatch(/^The group . contains ., so it cannot be its child$/);
  });

  it.each([
    ['a plugin', 'plugin: aws_ec2\nregions: [x]', 'configures a plugin of Ansible'],
    ['the JSON of a script', '{"_meta": {"hostvars": {}}}', 'is the JSON of a script'],
    ['a playbook', '- hosts: all\n', 'is no inventory'],
    ['something else', 'a: [', 'is not YAML: see line 1'],
    [
      'references that grow',
      `a: &a {x: 1}\n${[...'bcdefgh'].map((name, at) => `${name}: &${name} {${[...'123456789'].map((key) => `k${key}: *${'abcdefgh'[at]}`).join(', ')}}`).join('\n')}`,
      'has too many references',
    ],
    [
      'too many groups',
      Array.from({ length: 2_100 }, (_, at) => `g${at}:`).join('\n'),
      'has more than 2000 groups',
    ],
  ])('that is %s is refused', (_, text, problem) => {
    expect(() => yaml(text)).toThrow(`text: ${problem}`);
  });
});

describe('a range', () => {
  it.each([
    ['web[1:3]', ['web1', 'web2', 'web3']],
    ['web[01:10:5]', ['web01', 'web06']],
    ['[:2]x', ['0x', '1x', '2x']],
    ['a[1:2]b[x:y]', ['a1bx', 'a1by', 'a2bx', 'a2by']],
    ['plain', ['plain']],
  ])('%s', (pattern, names) => {
    expect(expandHosts(pattern, 100)).toEqual({ names, port: null });
  });
});
