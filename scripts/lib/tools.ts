// The tools that tests need besides npm packages, one row per tool. A suite names its tools with describeWith()
// (test/support/tools/tools.ts), and npm test prepares the tools of the selected suites.

export interface Program {
  /** Its names, the preferred one first. */
  readonly names: readonly [string, ...string[]];
  /** The environment variable with its path, for the tests. */
  readonly variable: string;
  /** How to run it from unpacked Debian packages (unpack-debian.ts), if its name is not enough. */
  readonly unpacked?: {
    /** Its path in the packages, if the program of that name is a script that expects its files in /usr. */
    readonly path?: string;
    /** First options; `{root}` is the folder of the packages. Omitted if the packages lack such a path. */
    readonly args?: readonly string[];
    /** Whether it runs in that folder. */
    readonly inRoot?: boolean;
  };
}

export interface Tool {
  readonly what: string;
  /** The tool needs all of them. */
  readonly programs: readonly Program[];
  /** Debian packages with the programs. If a program is missing, they are unpacked with their dependencies. */
  readonly debian: readonly string[];
  /** A Go module in the required version. Another version is used only if this one cannot be installed. */
  readonly go?: { readonly module: string; readonly version: string; readonly packages: readonly string[] };
  /** What to do without Go and Debian. */
  readonly elsewhere: string;
}

export const TOOLS = {
  openssl: {
    what: 'OpenSSL, to create test certificates and check the output of Certdesk',
    programs: [{ names: ['openssl'], variable: 'CERTDESK_TEST_OPENSSL' }],
    debian: ['openssl'],
    elsewhere: 'install OpenSSL 3',
  },
  pebble: {
    what: 'Pebble, an ACME CA for tests, and its DNS server',
    programs: [
      { names: ['pebble'], variable: 'CERTDESK_TEST_PEBBLE' },
      { names: ['pebble-challtestsrv'], variable: 'CERTDESK_TEST_CHALLTESTSRV' },
    ],
    debian: ['pebble'],
    go: {
      module: 'github.com/letsencrypt/pebble/v2',
      version: 'v2.10.1',
      packages: ['cmd/pebble', 'cmd/pebble-challtestsrv'],
    },
    elsewhere: 'install Go 1.24 or newer (https://go.dev/dl), then run npm test again',
  },
  zsh: {
    what: 'zsh, for its completion',
    programs: [{ names: ['zsh'], variable: 'CERTDESK_TEST_ZSH' }],
    debian: ['zsh'],
    elsewhere: 'install zsh',
  },
  fish: {
    what: 'fish, for its completion',
    programs: [{ names: ['fish'], variable: 'CERTDESK_TEST_FISH' }],
    debian: ['fish'],
    elsewhere: 'install fish',
  },
  keyring: {
    what: 'a Secret Service (gnome-keyring) on its own D-Bus',
    programs: [
      { names: ['gnome-keyring-daemon'], variable: 'CERTDESK_TEST_GNOME_KEYRING' },
      {
        names: ['dbus-run-session'],
        variable: 'CERTDESK_TEST_DBUS_RUN_SESSION',
        unpacked: { args: ['--config-file={root}/usr/share/dbus-1/session.conf'] },
      },
    ],
    debian: ['gnome-keyring', 'dbus'],
    elsewhere: 'install gnome-keyring and dbus (Linux only)',
  },
  chromium: {
    what: 'a browser for the GUI',
    programs: [
      {
        names: ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'],
        variable: 'CERTDESK_TEST_CHROMIUM',
        unpacked: { path: 'usr/lib/chromium/chromium' },
      },
    ],
    debian: ['chromium'],
    elsewhere: 'install Chromium',
  },
  xvfb: {
    what: 'a virtual display',
    programs: [
      {
        names: ['Xvfb'],
        variable: 'CERTDESK_TEST_XVFB',
        unpacked: { args: ['-xkbdir', '{root}/usr/share/X11/xkb'], inRoot: true },
      },
    ],
    debian: ['xvfb'],
    elsewhere: 'install Xvfb (Linux only)',
  },
  bind9: {
    what: 'BIND, a name server that accepts dynamic updates',
    programs: [
      { names: ['named'], variable: 'CERTDESK_TEST_NAMED' },
      { names: ['nsupdate'], variable: 'CERTDESK_TEST_NSUPDATE' },
      { names: ['dig'], variable: 'CERTDESK_TEST_DIG' },
      { names: ['tsig-keygen'], variable: 'CERTDESK_TEST_TSIG_KEYGEN' },
      { names: ['dnssec-keygen'], variable: 'CERTDESK_TEST_DNSSEC_KEYGEN' },
      { names: ['dnssec-signzone'], variable: 'CERTDESK_TEST_DNSSEC_SIGNZONE' },
    ],
    debian: ['bind9', 'bind9-utils', 'bind9-dnsutils'],
    elsewhere: 'install BIND 9 (named, nsupdate, dig, tsig-keygen, dnssec-keygen, dnssec-signzone)',
  },
  certbot: {
    what: 'certbot, to test the import of its folder',
    programs: [{ names: ['certbot'], variable: 'CERTDESK_TEST_CERTBOT' }],
    debian: ['certbot', 'python3-certbot-dns-rfc2136'], // the latter for npm run bench
    elsewhere: 'install certbot',
  },
  lego: {
    what: 'lego, to test the import of its folder',
    programs: [{ names: ['lego'], variable: 'CERTDESK_TEST_LEGO' }],
    debian: ['lego'],
    elsewhere: 'install lego',
  },
  java: {
    what: 'Java’s keytool, to read exported PFX files',
    programs: [{ names: ['keytool'], variable: 'CERTDESK_TEST_KEYTOOL' }],
    debian: ['default-jre-headless'],
    elsewhere: 'install a Java runtime, 8u301 or newer',
  },
  tomcat: {
    what: 'Tomcat, a Java server whose certificates are checked',
    programs: [
      {
        names: ['catalina.sh'],
        variable: 'CERTDESK_TEST_CATALINA',
        unpacked: { path: 'usr/share/tomcat10/bin/catalina.sh' },
      },
      { names: ['java'], variable: 'CERTDESK_TEST_JAVA' },
    ],
    debian: ['tomcat10-common', 'default-jre-headless'],
    elsewhere: 'install Tomcat 10.1 and a Java runtime',
  },
  python: {
    what: 'Python, for a generated client of the API',
    programs: [{ names: ['python3'], variable: 'CERTDESK_TEST_PYTHON' }],
    debian: ['python3', 'python3-venv'],
    elsewhere: 'install Python 3.10 or newer with venv',
  },
  go: {
    what: 'Go, for a generated client of the API',
    programs: [{ names: ['go'], variable: 'CERTDESK_TEST_GO' }],
    debian: ['golang-go'],
    elsewhere: 'install Go 1.24 or newer (https://go.dev/dl)',
  },
  cc: {
    what: 'a C compiler, to simulate a failing disk',
    programs: [{ names: ['cc', 'gcc', 'clang'], variable: 'CERTDESK_TEST_CC' }],
    debian: ['gcc', 'libc6-dev'],
    elsewhere: 'install a C compiler (Linux only)',
  },
  dpkg: {
    what: 'dpkg-deb, to create and read Debian packages',
    programs: [{ names: ['dpkg-deb'], variable: 'CERTDESK_TEST_DPKG_DEB' }],
    debian: ['dpkg'],
    elsewhere: 'use Debian or a system based on it',
  },
  systemd: {
    what: 'systemd-analyze, to rate the confinement of the service',
    programs: [{ names: ['systemd-analyze'], variable: 'CERTDESK_TEST_SYSTEMD_ANALYZE' }],
    debian: ['systemd'],
    elsewhere: 'use a system with systemd 250 or newer',
  },
  sshd: {
    what: 'OpenSSH, a server to deploy to and clients to compare with',
    programs: [
      { names: ['sshd'], variable: 'CERTDESK_TEST_SSHD' },
      { names: ['ssh-keygen'], variable: 'CERTDESK_TEST_SSH_KEYGEN' },
      { names: ['ssh-agent'], variable: 'CERTDESK_TEST_SSH_AGENT' },
      { names: ['scp'], variable: 'CERTDESK_TEST_SCP' },
    ],
    debian: ['openssh-server', 'openssh-client'],
    elsewhere: 'install the OpenSSH server and clients',
  },
  sudo: {
    what: 'sudo, to test the helper of deployments',
    programs: [{ names: ['sudo'], variable: 'CERTDESK_TEST_SUDO' }],
    debian: ['sudo'],
    elsewhere: 'install sudo',
  },
  busybox: {
    what: 'BusyBox, the tools of small hosts',
    programs: [{ names: ['busybox'], variable: 'CERTDESK_TEST_BUSYBOX' }],
    debian: ['busybox'],
    elsewhere: 'install BusyBox 1.35 or newer',
  },
  acl: {
    what: 'getfacl and setfacl, to test that deployments keep ACLs',
    programs: [
      { names: ['getfacl'], variable: 'CERTDESK_TEST_GETFACL' },
      { names: ['setfacl'], variable: 'CERTDESK_TEST_SETFACL' },
    ],
    debian: ['acl'],
    elsewhere: 'install acl',
  },
  shellcheck: {
    what: 'ShellCheck, for the script that runs on hosts',
    programs: [{ names: ['shellcheck'], variable: 'CERTDESK_TEST_SHELLCHECK' }],
    debian: ['shellcheck'],
    elsewhere: 'install ShellCheck 0.9 or newer',
  },
  dehydrated: {
    what: 'dehydrated, for npm run bench',
    programs: [{ names: ['dehydrated'], variable: 'CERTDESK_TEST_DEHYDRATED' }],
    debian: ['dehydrated'],
    elsewhere: 'install dehydrated',
  },
  ss: {
    what: 'ss, which lists the processes that listen',
    programs: [{ names: ['ss'], variable: 'CERTDESK_TEST_SS' }],
    debian: ['iproute2'],
    elsewhere: 'install iproute2 (Linux only)',
  },
  nginx: {
    what: 'nginx, a web server whose certificates are checked',
    programs: [{ names: ['nginx'], variable: 'CERTDESK_TEST_NGINX' }],
    debian: ['nginx'],
    elsewhere: 'install nginx',
  },
  apache: {
    what: 'Apache httpd, a web server whose certificates are checked',
    programs: [{ names: ['apache2'], variable: 'CERTDESK_TEST_APACHE2' }],
    debian: ['apache2-bin'],
    elsewhere: 'install Apache httpd 2.4',
  },
  a2enmod: {
    what: "Debian's configuration of Apache httpd, and its commands a2enmod and apachectl",
    programs: [{ names: ['a2enmod'], variable: 'CERTDESK_TEST_A2ENMOD' }],
    debian: ['apache2'],
    elsewhere: 'install apache2 (Debian)',
  },
  postfix: {
    what: 'Postfix, a mail server whose certificates are checked',
    programs: [{ names: ['postfix'], variable: 'CERTDESK_TEST_POSTFIX' }],
    debian: ['postfix'],
    elsewhere: 'install Postfix (Linux only)',
  },
  dovecot: {
    what: 'Dovecot, an IMAP and POP3 server whose certificates are checked',
    programs: [{ names: ['dovecot'], variable: 'CERTDESK_TEST_DOVECOT' }],
    debian: ['dovecot-core', 'dovecot-imapd', 'dovecot-pop3d'],
    elsewhere: 'install Dovecot 2.3 (Linux only)',
  },
  slapd: {
    what: "OpenLDAP's server, whose certificates are checked",
    programs: [
      { names: ['slapd'], variable: 'CERTDESK_TEST_SLAPD' },
      { names: ['slaptest'], variable: 'CERTDESK_TEST_SLAPTEST' },
      { names: ['ldapmodify'], variable: 'CERTDESK_TEST_LDAPMODIFY' },
    ],
    debian: ['slapd', 'ldap-utils'],
    elsewhere: 'install slapd of OpenLDAP, with slaptest and ldapmodify',
  },
  mariadb: {
    what: 'MariaDB, a database server whose certificates are checked',
    programs: [
      { names: ['mariadbd'], variable: 'CERTDESK_TEST_MARIADBD' },
      { names: ['mariadb'], variable: 'CERTDESK_TEST_MARIADB' },
    ],
    debian: ['mariadb-server-core', 'mariadb-client-core'],
    elsewhere: 'install MariaDB, server and client',
  },
  mosquitto: {
    what: 'Mosquitto, an MQTT broker whose certificates are checked',
    programs: [{ names: ['mosquitto'], variable: 'CERTDESK_TEST_MOSQUITTO' }],
    debian: ['mosquitto'],
    elsewhere: 'install Mosquitto 2',
  },
  vsftpd: {
    what: 'vsftpd, an FTP server whose certificates are checked',
    programs: [{ names: ['vsftpd'], variable: 'CERTDESK_TEST_VSFTPD' }],
    debian: ['vsftpd'],
    elsewhere: 'install vsftpd',
  },
  prosody: {
    what: 'Prosody, an XMPP server whose certificates are checked',
    programs: [{ names: ['prosody'], variable: 'CERTDESK_TEST_PROSODY' }],
    debian: ['prosody'],
    elsewhere: 'install Prosody',
  },
  haproxy: {
    what: 'HAProxy, a load balancer whose certificates are checked',
    programs: [{ names: ['haproxy'], variable: 'CERTDESK_TEST_HAPROXY' }],
    debian: ['haproxy'],
    elsewhere: 'install HAProxy',
  },
  socat: {
    what: 'socat, which recipes use for the socket of HAProxy',
    programs: [{ names: ['socat'], variable: 'CERTDESK_TEST_SOCAT' }],
    debian: ['socat'],
    elsewhere: 'install socat',
  },
  testssl: {
    what: 'testssl.sh, to compare what certdesk check finds',
    programs: [{ names: ['testssl'], variable: 'CERTDESK_TEST_TESTSSL' }],
    debian: ['testssl.sh'],
    elsewhere: 'install testssl.sh',
  },
  blackbox: {
    what: 'blackbox_exporter, for npm run bench',
    programs: [{ names: ['prometheus-blackbox-exporter'], variable: 'CERTDESK_TEST_BLACKBOX' }],
    debian: ['prometheus-blackbox-exporter'],
    elsewhere: 'install prometheus-blackbox-exporter',
  },
  postgres: {
    what: 'PostgreSQL, a database server whose certificates are checked',
    programs: [
      {
        names: ['postgres'],
        variable: 'CERTDESK_TEST_POSTGRES',
        unpacked: { path: 'usr/lib/postgresql/15/bin/postgres' },
      },
      {
        names: ['initdb'],
        variable: 'CERTDESK_TEST_INITDB',
        unpacked: { path: 'usr/lib/postgresql/15/bin/initdb' },
      },
      {
        names: ['psql'],
        variable: 'CERTDESK_TEST_PSQL',
        unpacked: { path: 'usr/lib/postgresql/15/bin/psql' },
      },
    ],
    debian: ['postgresql-15'],
    elsewhere: 'install PostgreSQL, with postgres, initdb and psql on the PATH',
  },
} as const satisfies Record<string, Tool>;

export type ToolName = keyof typeof TOOLS;
/** The variables of all programs. A test can ask for the path of each. */
export type ToolVariable = (typeof TOOLS)[ToolName]['programs'][number]['variable'];

function isToolName(name: string): name is ToolName {
  return Object.hasOwn(TOOLS, name);
}

/**
 * The tools that the suites of a test file name: describeWith('pebble', …) or describeWith(['pebble', 'chromium'], …).
 * @param source The text of the file.
 */
export function toolsNamedIn(source: string): readonly ToolName[] {
  const calls = source.matchAll(/\bdescribeWith\(\s*(\[[^\]]*\]|'[^']*')/g);
  const names = [...calls].flatMap(([, argument = '']) =>
    [...argument.matchAll(/'([^']*)'/g)].map(([, name = '']) => name),
  );
  return [...new Set(names)].filter(isToolName);
}
