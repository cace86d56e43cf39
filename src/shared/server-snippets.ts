// How to use certificate files on common servers: where to put them, the configuration, and how to load it. The GUI shows
// it, and the README of a ZIP export contains it.
import { isIpAddress, toUrlHost } from './ip-address.ts';

export const SERVERS = ['nginx', 'apache', 'haproxy', 'postfix', 'dovecot'] as const;
export type Server = (typeof SERVERS)[number];

export const SERVER_NAMES: Readonly<Record<Server, string>> = {
  nginx: 'nginx',
  apache: 'Apache',
  haproxy: 'HAProxy',
  postfix: 'Postfix',
  dovecot: 'Dovecot',
};

/** The names of the exported files. */
export interface ExportNames {
  readonly fullchain: string;
  readonly key: string;
  readonly combined: string;
}

export interface Snippet {
  /** The files to copy to the server. */
  readonly files: readonly string[];
  /** Commands that put the files, which are in the current folder, into place. */
  readonly install: string;
  /** The file of the server's configuration. */
  readonly configFile: string;
  readonly config: string;
  /** Commands that check the configuration and load it. */
  readonly reload: string;
}

/**
 * `*.example.com` becomes `wildcard.example.com`, and a colon of IPv6 `_`. Other characters that are unsafe in file names or headers
 * become one `_`.
 * @param domain The certificate's domain.
 */
export function fileStem(domain: string): string {
  const stem = domain
    .replace(/^\*\./, 'wildcard.')
    .replaceAll(':', '_')
    .replace(/[^A-Za-z0-9._-]+/g, '_')
    .replace(/^[.-]+/, '')
    .slice(0, 200);
  return stem === '' ? 'certificate' : stem;
}

export function exportNames(domain: string): ExportNames {
  const stem = fileStem(domain);
  return { fullchain: `${stem}.fullchain.pem`, key: `${stem}.key`, combined: `${stem}.combined.pem` };
}

const FOLDERS: Readonly<Record<Server, string>> = {
  nginx: '/etc/nginx/certs',
  apache: '/etc/ssl/certdesk',
  haproxy: '/etc/haproxy/certs',
  postfix: '/etc/postfix/certs',
  dovecot: '/etc/dovecot/certs',
};

/** @param names The certificate's names, the domain first. */
export function snippetFor(server: Server, names: readonly string[]): Snippet {
  const [domain = ''] = names;
  const { fullchain, key, combined } = exportNames(domain);
  const folder = FOLDERS[server];
  const files = server === 'haproxy' ? [combined] : [fullchain, key];
  const install = [
    `sudo install -d -m 0755 ${folder}`,
    ...files.map((file) => `sudo install -m ${file === fullchain ? '0644' : '0600'} ${file} ${folder}/`),
  ].join('\n');
  const paths = { certificate: `${folder}/${files[0]}`, key: `${folder}/${files.at(-1)}` };
  return { files, install, ...configFor(server, { names, ...paths }) };
}

export interface ConfiguredFiles {
  /** The certificate's names, the domain first. */
  readonly names: readonly string[];
  /** Absolute path of the file with the certificate and its intermediates. */
  readonly certificate: string;
  /** Absolute path of the file with the private key. The same as `certificate` if one file has both. */
  readonly key: string;
  /** The port of the servers that serve HTTPS. */
  readonly port?: number;
}

type Config = Pick<Snippet, 'configFile' | 'config' | 'reload'>;

export function configFor(server: Server, files: ConfiguredFiles): Config {
  return CONFIGS[server]({ port: 443, ...files });
}

const CONFIGS: Readonly<Record<Server, (files: Required<ConfiguredFiles>) => Config>> = {
  // https://nginx.org/en/docs/http/configuring_https_servers.html
  nginx: ({ names, certificate, key, port }) => ({
    configFile: `/etc/nginx/conf.d/${fileStem(names[0] ?? '')}.conf`,
    // Clients send no SNI for an address (RFC 6066 section 3), so nginx presents the default server's certificate.
    config: `server {
    listen ${port} ssl${names.some(isIpAddress) ? ' default_server' : ''};${names.some((name) => name.includes(':')) ? `\n    listen [::]:${port} ssl default_server;` : ''}
    server_name ${names.map(toUrlHost).join(' ')};
    ssl_certificate     ${certificate};
    ssl_certificate_key ${key};
}`,
    reload: 'sudo nginx -t && sudo nginx -s reload',
  }),
  // https://httpd.apache.org/docs/2.4/mod/mod_ssl.html: from 2.4.8, SSLCertificateFile includes the intermediates.
  apache: ({ names: [domain = '', ...others], certificate, key, port }) => {
    // ServerName takes no wildcard.
    const aliases = domain.startsWith('*.') ? [domain, ...others] : others;
    return {
      configFile: `/etc/apache2/sites-enabled/${fileStem(domain)}.conf`,
      config: [
        `<VirtualHost *:${port}>`,
        `    ServerName ${toUrlHost(domain.replace(/^\*\./, ''))}`,
        ...(aliases.length === 0 ? [] : [`    ServerAlias ${aliases.map(toUrlHost).join(' ')}`]),
        '    SSLEngine on',
        `    SSLCertificateFile    ${certificate}`,
        `    SSLCertificateKeyFile ${key}`,
        '</VirtualHost>',
      ].join('\n'),
      reload: 'sudo a2enmod ssl\nsudo apachectl configtest && sudo apachectl graceful',
    };
  },
  // https://docs.haproxy.org/3.2/configuration.html#5.1-crt
  haproxy: ({ certificate, port }) => ({
    configFile: '/etc/haproxy/haproxy.cfg',
    config: `frontend https
    mode http
    bind :${port} ssl crt ${certificate}
    default_backend your_backend`,
    reload: 'sudo haproxy -c -f /etc/haproxy/haproxy.cfg && sudo systemctl reload haproxy',
  }),
  // https://www.postfix.org/postconf.5.html#smtpd_tls_chain_files: from 3.4, the key before the certificate.
  postfix: ({ certificate, key }) => ({
    configFile: '/etc/postfix/main.cf',
    config: `smtpd_tls_security_level = may
smtpd_tls_chain_files =${key === certificate ? ` ${key}` : `\n    ${key},\n    ${certificate}`}`,
    reload: 'sudo postfix check && sudo postfix reload',
  }),
  // https://doc.dovecot.org/2.4.1/core/config/ssl.html
  dovecot: ({ certificate, key }) => ({
    configFile: '/etc/dovecot/conf.d/10-ssl.conf',
    config: `# Dovecot 2.4
ssl = required
ssl_server_cert_file = ${certificate}
ssl_server_key_file = ${key}

# Dovecot 2.3 and earlier, instead of the last two lines:
#ssl_cert = <${certificate}
#ssl_key = <${key}`,
    reload: 'sudo doveconf -n > /dev/null && sudo doveadm reload',
  }),
};
