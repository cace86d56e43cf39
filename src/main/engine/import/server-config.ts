// Finds the files of a certificate in the configuration of nginx and Apache. Nothing in it is executed, and includes are not
// followed: all files below the server's folder are read.
import { openFolder } from './folder.ts';

export type Server = 'nginx' | 'apache';

export interface ConfiguredPaths {
  /** The configuration file that names them. */
  readonly file: string;
  readonly certificate: string;
  readonly key: string;
}

export interface Sought {
  /** The folder of the server's configuration; undefined: the usual one. */
  readonly root: string | undefined;
  /** certbot's folders of the certificate. */
  readonly live: readonly string[];
  readonly names: readonly string[];
}

interface Block {
  readonly certificate: string;
  readonly key: string;
  readonly names: readonly string[];
}

const ROOTS: Readonly<Record<Server, readonly string[]>> = {
  nginx: ['/etc/nginx', '/usr/local/etc/nginx'],
  apache: ['/etc/apache2', '/etc/httpd'],
};

/** @returns the paths of a server with certbot's files, otherwise of one with a name of the certificate; null if none */
export async function findConfiguredPaths(server: Server, sought: Sought): Promise<ConfiguredPaths | null> {
  const { live, names } = sought;
  const roots = sought.root === undefined || sought.root === '' ? ROOTS[server] : [sought.root];
  let other: ConfiguredPaths | null = null;
  for (const root of roots) {
    const folder = await openFolder(root).catch(() => null);
    if (folder === null) continue;
    for (const relative of await folder.walk()) {
      const text = (await folder.read(relative)).text ?? '';
      for (const block of server === 'nginx' ? readNginx(text) : readApache(text)) {
        const found = { certificate: block.certificate, key: block.key, file: `${folder.path}/${relative}` };
        if (live.some((at) => block.certificate.startsWith(`${at}/`))) return found;
        if (block.names.some((name) => names.includes(name.toLowerCase()))) other ??= found;
      }
    }
  }
  return other;
}

/** Reads the `server` blocks (https://nginx.org/en/docs/http/configuring_https_servers.html). */
function readNginx(text: string): readonly Block[] {
  const blocks: Block[] = [];
  const lines = text.split('\n').map((line) => withoutComment(line));
  for (const part of lines
    .join('\n')
    .split(/\bserver\s*\{/)
    .slice(1)) {
    const statements = part.split(/[;{}]/).map((statement) => statement.trim());
    const value = (directive: string) =>
      statements
        .find((statement) => statement.split(/\s/, 1)[0] === directive)
        ?.slice(directive.length)
        .trim();
    const certificate = value('ssl_certificate');
    const key = value('ssl_certificate_key');
    if (certificate === undefined || key === undefined) continue;
    const names = value('server_name')?.split(/\s+/) ?? [];
    blocks.push({ certificate: unquote(certificate), key: unquote(key), names });
  }
  return blocks;
}

function withoutComment(line: string): string {
  const at = line.search(/(?:^|\s)#/);
  return at === -1 ? line : line.slice(0, at);
}

/** Reads the VirtualHost sections. The key may be in the file of the certificate (mod_ssl). */
function readApache(text: string): readonly Block[] {
  const blocks: Block[] = [];
  const all = text.split('\n').map((line) => line.trim());
  const starts = all.flatMap((line, at) => (/^<VirtualHost\b/i.test(line) ? [at] : []));
  for (const [at, start] of starts.entries()) {
    const lines = all.slice(start, starts[at + 1]);
    const values = (name: string): readonly string[] => {
      const start = `${name.toLowerCase()} `;
      return lines.flatMap((line) => {
        const one = line.replace(/\s+/g, ' ');
        return one.toLowerCase().startsWith(start) ? [unquote(one.slice(start.length).trim())] : [];
      });
    };
    const [certificate] = values('SSLCertificateFile');
    if (certificate === undefined) continue;
    const [key = certificate] = values('SSLCertificateKeyFile');
    const names = [...values('ServerName'), ...values('ServerAlias')].flatMap((each) => each.split(' '));
    blocks.push({ certificate, key, names: names.map((name) => name.replace(/:\d+$/, '')) });
  }
  return blocks;
}

const unquote = (text: string): string => text.replace(/^(["'])(.*)\1$/, '$2');
