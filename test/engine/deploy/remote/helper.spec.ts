// The sudo helper against a hostile user of the account that may call it: only listed files and commands, never root's
// rights for anything else. And that no secret shows on the host while a deployment runs.
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { describeHelper } from '../../../../src/main/engine/deploy/remote/helper.ts';
import { connectSsh } from '../../../../src/main/engine/deploy/transports/ssh.ts';
import { needsRoot, type SshHost, startSshHost } from '../../../support/deploy/ssh-host.ts';
import { commandAt, fileAt, newRun, SIGNAL } from '../../../support/deploy/transport-conformance.ts';
import { POLICY, SITE_LIST } from '../../../support/deploy/transport-worlds.ts';
import { describeWith } from '../../../support/tools/tools.ts';

const hash = (content: string | Buffer) => createHash('sha256').update(content).digest('hex');

describeWith(['sshd', 'sudo', 'openssl'], 'the sudo helper', () => {
  describe.skipIf(needsRoot !== null)(needsRoot === null ? 'as root' : `skipped: ${needsRoot}`, () => {
    let host: SshHost;
    let site: string;
    let own: string;
    beforeAll(async () => {
      host = await startSshHost({ helper: SITE_LIST });
      site = join(host.folder, 'site');
      own = join(host.folder, 'home/deploy/own');
    });
    afterAll(() => host?.stop());
    /** A folder of the user's, which takes the part of the uploads: a request removes it at its end. */
    const makeOwn = () => {
      rmSync(own, { recursive: true, force: true });
      mkdirSync(own);
      chownSync(own, 4242, 4242);
    };
    let run = '';
    beforeEach(() => {
      run = newRun();
      execFileSync('find', [site, '-mindepth', '1', '-delete']);
      makeOwn();
    });

    /** What the user gets who calls the helper with a request of their own. */
    const ask = (verb: string, lines: readonly string[], env = '') => {
      const line = `exec setpriv --reuid 4242 --regid 4242 --clear-groups env HOME=${host.folder}/home/deploy ${env} sudo -n /usr/local/sbin/certdesk-deploy ${verb}`;
      const result = spawnSync('nsenter', [`--mount=/proc/${host.pid}/ns/mnt`, 'sh', '-c', line], {
        input: `${[...lines, 'end'].join('\n')}\n`,
        encoding: 'utf8',
      });
      return result.stdout + result.stderr;
    };
    const file = (path: string, sha = '0', mode = '+0600') =>
      `file\t0\trename\t-\t-\t${mode}\t${sha}\t${path}`;
    const stage = (
      path: string,
      content = 'x',
      changes: { mode?: string; uploads?: string; sha?: string } = {},
    ) => {
      makeOwn();
      writeFileSync(join(own, '0'), content);
      const { mode, uploads = own, sha = hash(content) } = changes;
      return ask('stage', [`run\t${run}`, 'deployment\td1', `uploads\t${uploads}`, file(path, sha, mode)]);
    };

    it('installs a listed file', () => {
      expect(stage(`${site}/a.pem`)).toMatch(/^staged\t.*\nok\n$/);
      expect(ask('swap', [`run\t${run}`])).toContain('result\tswapped\tno');
      expect(readFileSync(`${site}/a.pem`, 'utf8')).toBe('x');
    });

    it.each([
      '/etc/shadow',
      '/etc/cron.d/x',
      '{site}/sub/a.pem',
      '{site}/../lib/x',
      '{site}/./a.pem',
      '{site}//a.pem',
      'a.pem',
      '{site}',
    ])('refuses the path %s for every request', (template) => {
      const path = template.replace('{site}', site);
      mkdirSync(join(site, 'sub'));
      expect(stage(path)).toMatch(/^fail\t(not-listed|invalid|is-a-folder)\t/);
      for (const verb of ['stat', 'read', 'remove'])
        expect(ask(verb, [`path\t${path}`, 'limit\t99999'])).toMatch(
          /^fail\t(not-listed|invalid|is-a-folder)\t/,
        );
    });

    it('never reads for the user what the user cannot read', () => {
      symlinkSync('/etc/shadow', join(own, '0'));
      const shadow = readFileSync(join(host.folder, 'etc/shadow'));
      const lines = [
        `run\t${run}`,
        'deployment\td1',
        `uploads\t${own}`,
        file(`${site}/a.pem`, hash(shadow), '0644'),
      ];
      expect(ask('stage', lines)).toMatch(/^fail\tno-permission\t/);
      expect(existsSync(join(own, '0'))).toBe(false); // it removes the folder of uploads, as the user
      expect(readdirSync(site)).toEqual([]);
      const other = join(host.folder, 'etc');
      ask('stage', [`run\t${run}`, 'deployment\td1', `uploads\t${other}`]);
      expect(existsSync(join(other, 'shadow'))).toBe(true);
    });

    it('gives no file execute or set-user-id bits, whatever it replaces', () => {
      for (const mode of ['4755', '04644', '0755', '0711', '+4755'])
        expect(stage(`${site}/a.pem`, 'x', { mode })).toMatch(/^fail\tinvalid\t/);
      writeFileSync(`${site}/a.pem`, 'old');
      chmodSync(`${site}/a.pem`, 0o6755);
      stage(`${site}/a.pem`);
      ask('swap', [`run\t${run}`]);
      expect(statSync(`${site}/a.pem`).mode & 0o7777).toBe(0o644);
    });

    it('refuses a folder that others can write to, and links in it', () => {
      chmodSync(site, 0o777);
      try {
        symlinkSync('/etc/shadow', `${site}/a.pem`);
        expect(ask('read', [`path\t${site}/a.pem`, 'limit\t99999'])).toMatch(/^fail\tunsafe-link\t/);
        expect(stage(`${site}/b.pem`)).toMatch(/^fail\tunsafe-folder\t/);
      } finally {
        chmodSync(site, 0o755);
      }
    });

    it('says in Test which commands it may not run', () => {
      const answer = ask('facts', ['command\ttouch /x', `command\tsh ${site}/commands/reload`]);
      const refused = answer.split('\n').filter((line) => line.startsWith('fail\t'));
      expect(refused.map((line) => line.split('\t'))).toEqual([
        ['fail', 'not-listed', 'touch /x', expect.any(String), 'command touch /x'],
      ]);
      expect(answer).toMatch(/\nok\n$/);
    });

    it.each(['swap', 'work', 'roll-back'])('runs no other command by %s', (verb) => {
      stage(`${site}/a.pem`);
      const mark = join(own, 'mark');
      const script = Buffer.from(`touch ${mark}`).toString('base64');
      for (const step of [
        `line\ttouch ${mark}`,
        `line\tsh ${site}/commands/reload; touch ${mark}`,
        `script\t${script}`,
        `\t${script}`,
      ])
        for (const name of ['validate', 'reload'])
          ask(verb, [`run\t${run}`, 'back\tno', `${name}\t5\t${step}`]);
      expect(ask('run', ['run\tc1', `command\t5\tline\ttouch ${mark}`])).toContain('fail\tnot-listed');
      expect(existsSync(mark)).toBe(false);
    });

    it('passes only its own names to commands, and only listed paths', () => {
      commandAt(site, 'reload', 'env');
      stage(`${site}/a.pem`);
      const env = ['PATH', 'LD_PRELOAD', 'BASH_ENV', 'CERTDESK_x', 'CERTDESK_DOMAIN', 'IFS'].map(
        (name) => `env\t${name}\thostile-${name}`,
      );
      env.push('env\tCERTDESK_PRIVKEY\t/etc/hostile-shadow', 'env\tCERTDESK_CHAIN\tetc/hostile-shadow');
      env.push(`env\tCERTDESK_CERTIFICATE\t${site}/../hostile`, 'env\tCERTDESK_EVENT\t$(hostile)');
      env.push(`env\tCERTDESK_FULLCHAIN\t${site}/hostile-listed.pem`);
      const answer = ask(
        'swap',
        [`run\t${run}`, ...env, `reload\t5\tline\tsh ${site}/commands/reload`],
        'CERTDESK_EVIL=1 BASH_ENV=/x ENV=/x self=id state=/tmp/evil restricted=no',
      );
      const output = Buffer.from(
        /\nstep\treload\t0\tno\t(.*)\n/.exec(answer)?.[1] ?? '',
        'base64',
      ).toString();
      expect(output.match(/hostile-.*/g)?.toSorted()).toEqual([
        'hostile-CERTDESK_DOMAIN',
        'hostile-listed.pem',
      ]);
      expect(output).not.toMatch(/CERTDESK_EVIL|BASH_ENV|restricted=no/);
      expect(existsSync('/tmp/evil')).toBe(false);
    });

    it.each(['../../etc', '.', '', 'a/b', `${'x'.repeat(65)}`, '-rf', 'a b', '*'])(
      'refuses the id %j',
      (id) => {
        const lines = [`run\t${id}`, `deployment\t${id}`, `uploads\t${own}`];
        for (const verb of ['stage', 'swap', 'work', 'outcome', 'discard', 'end', 'purge', 'run'])
          expect(ask(verb, lines)).toMatch(/^fail\tinvalid\t/);
      },
    );

    it('refuses a list that others than root can write', () => {
      const list = join(host.folder, 'etc/certdesk-deploy.conf');
      chmodSync(list, 0o666);
      try {
        expect(stage(`${site}/a.pem`)).toMatch(/^fail\tnot-listed\t\/etc\/certdesk-deploy.conf/);
      } finally {
        chmodSync(list, 0o644);
      }
    });

    it('refuses a request that is cut off', () => {
      const line = `exec sudo -n /usr/local/sbin/certdesk-deploy stat`;
      const input = `path\t${site}/a.pem\n`;
      const cut = spawnSync(
        'nsenter',
        [
          `--mount=/proc/${host.pid}/ns/mnt`,
          'setpriv',
          '--reuid=4242',
          '--regid=4242',
          '--clear-groups',
          'sh',
          '-c',
          line,
        ],
        { input, encoding: 'utf8' },
      );
      expect(cut.stdout).toMatch(/^fail\tinvalid\t\tThe request is not complete/);
    });

    it('allows a key with its forced command nothing but SFTP and itself', async () => {
      const { authorizedKeys } = describeHelper('deploy', [], []);
      const keys = join(host.folder, 'authorized_keys');
      const before = readFileSync(keys, 'utf8');
      writeFileSync(keys, `${authorizedKeys} ${before}`);
      const ssh = (command: string) =>
        spawnSync(
          'ssh',
          [
            '-F',
            'none',
            '-i',
            host.keyFile,
            '-o',
            'StrictHostKeyChecking=no',
            '-o',
            'UserKnownHostsFile=/dev/null',
            '-o',
            'LogLevel=ERROR',
            '-p',
            String(host.port),
            `deploy@${host.address}`,
            command,
          ],
          { input: 'end\n', encoding: 'utf8' },
        );
      try {
        const transport = await connectSsh(host.connectable('deploy'), { policy: POLICY }, SIGNAL());
        const runId = newRun();
        await transport.stage(
          { runId, deploymentId: 'd', files: [fileAt(`${site}/a.pem`, 'new')] },
          SIGNAL(),
        );
        expect(await transport.swap({ runId, validate: null, reload: null }, SIGNAL())).toMatchObject({
          state: 'swapped',
        });
        transport.close();
        const helper = 'sudo -n /usr/local/sbin/certdesk-deploy';
        for (const command of [
          'id',
          '',
          `${helper} facts; id`,
          `${helper} $(id)`,
          `${helper} facts id`,
          `${helper} ../x`,
          'sudo -n id',
          'internal-sftp; id',
        ])
          expect(ssh(command)).toMatchObject({
            status: 1,
            stdout: '',
            stderr: expect.stringContaining('only'),
          });
        expect(ssh(`${helper} facts`).stdout).toContain('user\tdeploy');
      } finally {
        writeFileSync(keys, before);
      }
    });

    it('shows no secret in processes, environments, sudo’s log or files that others can read, while it runs', async () => {
      const secret = `SECRET-${newRun()}-${Date.now()}`;
      const seen = new Set<string>();
      const look = () => {
        for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name)))
          for (const name of ['cmdline', 'environ'])
            if (Number(pid) !== process.pid && contains(`/proc/${pid}/${name}`, secret))
              seen.add(`${name} of ${pid}`);
        for (const path of filesIn(host.folder))
          if (isOpen(host.folder, path) && contains(path, secret)) seen.add(path);
      };
      const transport = await connectSsh(host.connectable('deploy'), { policy: POLICY }, SIGNAL());
      const reload = commandAt(site, 'reload', 'sleep 0.2');
      let running = true;
      const watching = (async () => {
        while (running) {
          look();
          await new Promise((resolve) => setImmediate(resolve));
        }
      })();
      for (const content of ['one', 'two']) {
        const runId = newRun();
        const key = fileAt(`${site}/a.key`, `${secret} ${content}`);
        await transport.stage(
          { runId, deploymentId: 'd', files: [key, fileAt(`${site}/b.pem`, 'public')] },
          SIGNAL(),
        );
        await transport.swap({ runId, validate: null, reload }, SIGNAL());
      }
      const script = `printf '%s\\n' "$TOKEN" | grep -c '${secret}'; sleep 0.3`;
      const result = await transport.run(
        { script },
        { timeoutMs: 60_000, secrets: { TOKEN: secret }, stdin: Buffer.from(secret) },
        SIGNAL(),
      );
      expect(result.output).toBe('1\n');
      running = false;
      await watching;
      transport.close();
      for (const path of filesIn(join(host.folder, 'sudo-log'))) if (contains(path, secret)) seen.add(path);
      expect(filesIn(join(host.folder, 'sudo-log')).length).toBeGreaterThan(0);
      // grep's argument has it, which is the script's own doing, and shows that the watch works.
      const own = [...seen].filter((place) => place.startsWith('cmdline'));
      expect([...seen].filter((place) => !own.includes(place))).toEqual([]);
      expect(own.length).toBeLessThanOrEqual(2);
    });
  });
});

function filesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
  } catch {
    return []; // something in it vanished meanwhile
  }
}

/** Whether everybody can read the file: it and all folders up to `top` allow it. */
function isOpen(top: string, path: string): boolean {
  try {
    if ((statSync(path).mode & 0o044) === 0) return false;
    for (let folder = join(path, '..'); folder.length >= top.length; folder = join(folder, '..'))
      if ((statSync(folder).mode & 0o011) === 0) return false;
    return true;
  } catch {
    return false;
  }
}

function contains(path: string, text: string): boolean {
  try {
    const content = readFileSync(path);
    const plain = content[0] === 0x1f && content[1] === 0x8b ? gunzipSync(content) : content;
    return plain.includes(text);
  } catch {
    return false;
  }
}
