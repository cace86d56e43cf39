// Services that run on a host with sshd, in its namespace: with its users, its /etc and /run, and the unpacked packages in
// /usr. So the commands of their recipes find everything where Debian has it.
import { execFileSync } from 'node:child_process';
import { chownSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Daemon, type DaemonPlan, type ServedPair, startDaemon } from '../daemons/daemon.ts';
import { toolPath } from '../tools/tools.ts';
import type { Check } from './recipe-service.ts';
import { SERVICE_USERS, type SshHost } from './ssh-host.ts';

export interface Started {
  readonly daemon: Daemon;
  readonly config: string;
  readonly files: readonly string[];
  readonly options: Readonly<Record<string, string>>;
  readonly check: Check;
  /** A line that makes the configuration invalid, but disturbs no running process. */
  readonly bad: string;
  /** A shell line that reloads it, if its signal does not. */
  readonly byHand?: string;
  /** Its command line, for a start after a kill. */
  readonly starts?: readonly [program: string, ...args: readonly string[]];
  /** The command's name on the host, what it runs, and the arguments that mean a reload. */
  readonly command: { readonly name: string; readonly runs: string; readonly reload: string };
}

export type DaemonId = 'haproxy' | 'dovecot' | 'postgresql' | 'mariadb' | 'slapd' | 'mosquitto';
type Start = (pair: ServedPair, host: SshHost) => Promise<Started>;

export const DAEMONS: Readonly<Record<DaemonId, Start>> = {
  async haproxy(pair, host) {
    host.inside('mkdir -p /run/haproxy');
    const daemon = await start(host, { name: 'haproxy', pair, user: 'root' }, ({ folder, port, pem }) => {
      mkdirSync(join(folder, 'empty'));
      const config = `global
  user haproxy
  group haproxy
  chroot ${folder}/empty
  stats socket /run/haproxy/admin.sock mode 660 level admin
defaults
  mode http
  timeout connect 10s
  timeout client 10s
  timeout server 10s
frontend tls
  bind 127.0.0.1:${port} ssl crt ${pem}
  http-request return status 200
`;
      const path = configure(host, folder, { path: '/etc/haproxy/haproxy.cfg', text: config });
      return ['/usr/sbin/haproxy', '-W', '-db', '-f', path];
    });
    return {
      ...parts(daemon, { config: 'haproxy.cfg', protocol: 'tls' }),
      bad: 'no such keyword',
      command: byUnit('haproxy', `kill -s USR2 ${daemon.pid}`),
    };
  },

  async dovecot(pair, host) {
    const daemon = await start(host, { name: 'dovecot', pair, user: 'root' }, ({ folder, port, pem }) => {
      mkdirSync(join(folder, 'state'));
      const config = `protocols = imap
base_dir = /run/dovecot
state_dir = ${folder}/state
log_path = ${folder}/dovecot.log
ssl = required
ssl_cert = <${pem}
ssl_key = <${pem}
service imap-login {
  inet_listener imap {
    port = 0
  }
  inet_listener imaps {
    address = 127.0.0.1
    port = ${port}
    ssl = yes
  }
}
`;
      const path = configure(host, folder, { path: '/etc/dovecot/dovecot.conf', text: config });
      return ['/usr/sbin/dovecot', '-F', '-c', path];
    });
    return {
      ...parts(daemon, { config: 'dovecot.conf', protocol: 'tls' }),
      bad: 'no_such_setting = 1',
      command: { name: 'doveadm', reload: 'reload', runs: '/usr/bin/doveadm "$@"' },
    };
  },

  async postgresql(pair, host) {
    const port = { user: 'postgres', name: 'postgresql', pair };
    const daemon = await start(host, port, ({ folder, port: tls, pem, own }) => {
      const data = join(folder, 'data');
      mkdirSync(data, { mode: 0o700 });
      own(data);
      const init = `cd / && TZ=UTC exec setpriv --reuid postgres --regid postgres --clear-groups ${toolPath('CERTDESK_TEST_INITDB')} -D ${data} -A trust -U postgres --no-sync --no-locale`;
      host.inside(init);
      const config = `port = ${tls}
listen_addresses = '127.0.0.1'
unix_socket_directories = '${data}'
fsync = off
ssl = on
ssl_cert_file = '${pem}'
ssl_key_file = '${pem}'
`;
      writeFileSync(join(data, 'postgresql.conf'), config);
      const psql = `#!/bin/sh\nexec ${toolPath('CERTDESK_TEST_PSQL')} -h ${data} -p ${tls} "$@"\n`;
      writeFileSync(join(host.folder, 'usr/local/sbin/psql'), psql, { mode: 0o755 });
      const user = ['--reuid', 'postgres', '--regid', 'postgres', '--clear-groups'];
      return ['setpriv', ...user, toolPath('CERTDESK_TEST_POSTGRES'), '-D', data];
    });
    return {
      ...parts(daemon, { config: 'data/postgresql.conf', protocol: 'postgres' }),
      bad: 'no_such_setting = 1',
      command: byUnit('postgresql', `kill -s HUP ${daemon.pid}`),
    };
  },

  async mariadb(pair, host) {
    const daemon = await start(
      host,
      { name: 'mariadb', pair, user: 'mysql' },
      ({ folder, port, pem, own }) => {
        const data = join(folder, 'data');
        mkdirSync(data);
        own(data);
        const config = `[client]
socket = ${data}/mariadb.sock
[mysqld]
user = mysql
datadir = ${data}
socket = ${data}/mariadb.sock
pid-file = ${data}/mariadb.pid
bind-address = 127.0.0.1
port = ${port}
skip-grant-tables
ssl_cert = ${pem}
ssl_key = ${pem}
`;
        configure(host, folder, { path: '/etc/mysql/my.cnf', text: config });
        return ['/usr/sbin/mariadbd'];
      },
    );
    return {
      ...parts(daemon, { config: 'my.cnf', protocol: 'mysql' }),
      bad: 'no_such_option = 1',
      byHand: "/usr/bin/mariadb -e 'FLUSH SSL'",
      command: { name: 'mariadb', reload: '-e FLUSH SSL', runs: '/usr/bin/mariadb "$@"' },
    };
  },

  async slapd(pair, host) {
    host.inside('mkdir -p /run/slapd && chown openldap /run/slapd');
    const daemon = await start(
      host,
      { name: 'slapd', pair, user: 'openldap' },
      ({ folder, port, pem, own }) => {
        const root = 'gidNumber=0+uidNumber=0,cn=peercred,cn=external,cn=auth';
        const config = `pidfile /run/slapd/slapd.pid
TLSCertificateFile ${pem}
TLSCertificateKeyFile ${pem}
database config
access to * by dn.exact=${root} manage
`;
        writeFileSync(join(folder, 'slapd.conf'), config);
        const folderOfConfig = join(folder, 'slapd.d');
        mkdirSync(folderOfConfig);
        own(folderOfConfig);
        const convert = `/usr/sbin/slaptest -f ${folder}/slapd.conf -F ${folderOfConfig} && chown -R openldap:openldap ${folderOfConfig}`;
        placeInEtc(host, '/etc/ldap/slapd.d', folderOfConfig);
        host.inside(convert);
        const urls = `ldap://127.0.0.1:${port} ldapi:///`;
        return ['/usr/sbin/slapd', '-d', '256', '-u', 'openldap', '-g', 'openldap', '-h', urls];
      },
    );
    return {
      ...parts(daemon, { config: 'slapd.d/cn=config.ldif', protocol: 'ldap' }),
      bad: 'no attribute',
      byHand: setTls(join(daemon.folder, 'tls/pair.pem')),
      command: {
        name: 'ldapmodify',
        reload: '-Q -Y EXTERNAL -H ldapi:///',
        runs: '/usr/bin/ldapmodify "$@"',
      },
    };
  },

  async mosquitto(pair, host) {
    const daemon = await start(
      host,
      { name: 'mosquitto', pair, user: 'mosquitto' },
      ({ folder, port, pem }) => {
        const config = `listener ${port} 127.0.0.1
allow_anonymous true
certfile ${pem}
keyfile ${pem}
`;
        const path = configure(host, folder, { path: '/etc/mosquitto/mosquitto.conf', text: config });
        return ['/usr/sbin/mosquitto', '-c', path];
      },
    );
    return {
      ...parts(daemon, { config: 'mosquitto.conf', protocol: 'tls' }),
      bad: 'no_such_setting 1',
      command: byUnit('mosquitto', `kill -s HUP ${daemon.pid}`),
    };
  },
};

interface Place {
  readonly folder: string;
  readonly port: number;
  /** The path of key and chain. */
  readonly pem: string;
  /** Gives a path to the user of the service. */
  own(path: string): void;
}

interface Service {
  readonly name: string;
  readonly pair: ServedPair;
  /** Who reads the key. */
  readonly user: string;
}

/** @param configureService Writes the configuration and returns the command line. */
function start(
  host: SshHost,
  { name, pair, user }: Service,
  configureService: (place: Place) => readonly string[],
): Promise<Daemon> {
  const uid = user === 'root' ? 0 : (SERVICE_USERS[user] ?? 0);
  return startDaemon({
    name,
    uses: [{}],
    async configure({ folder, ports: [port = 0], write }): Promise<DaemonPlan> {
      const own = (path: string) => chownSync(path, uid, uid);
      mkdirSync(join(folder, 'tls'));
      const pem = await write('tls/pair.pem', pair.privateKey + pair.chain);
      own(pem);
      const command = configureService({ folder, port, pem, own });
      return { program: 'nsenter', args: [`--mount=/proc/${host.pid}/ns/mnt`, ...command] };
    },
  });
}

function parts(
  daemon: Daemon,
  { config, protocol }: { readonly config: string; readonly protocol: Check['protocol'] },
): Pick<Started, 'daemon' | 'config' | 'files' | 'options' | 'check'> {
  const certificate = join(daemon.folder, 'tls/pair.pem');
  return {
    daemon,
    config: join(daemon.folder, config),
    files: [certificate],
    options: { certificate, port: String(daemon.port) },
    check: { port: daemon.port, protocol },
  };
}

/** Sets both paths in cn=config, as an administrator does. */
const setTls = (pem: string): string => `/usr/bin/ldapmodify -Q -Y EXTERNAL -H ldapi:/// >/dev/null <<END
dn: cn=config
changetype: modify
replace: olcTLSCertificateKeyFile
olcTLSCertificateKeyFile: ${pem}
-
replace: olcTLSCertificateFile
olcTLSCertificateFile: ${pem}
END`;

/** Writes a configuration that is in /etc of the host. */
function configure(
  host: SshHost,
  folder: string,
  { path, text }: { readonly path: string; readonly text: string },
): string {
  const real = join(folder, path.split('/').at(-1) ?? '');
  writeFileSync(real, text, { mode: 0o644 });
  placeInEtc(host, path, real);
  return real;
}

function placeInEtc(host: SshHost, path: string, real: string): void {
  const link = join(host.folder, path);
  mkdirSync(dirname(link), { recursive: true });
  symlinkSync(real, link);
  execFileSync('nsenter', [`--mount=/proc/${host.pid}/ns/mnt`, 'test', '-e', path]);
}

/** `systemctl reload UNIT`, by the signal that Debian's unit sends. A stand-in that knows nothing else. */
const byUnit = (unit: string, reload: string): Started['command'] => ({
  name: 'systemctl',
  reload: `reload ${unit}`,
  runs: `[ "$*" = 'reload ${unit}' ] && ${reload}`,
});
