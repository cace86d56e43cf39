// The configuration of servers for downloaded files: names of files and hosts.
import { describe, expect, it, test } from 'vitest';
import { exportNames, fileStem, SERVERS, snippetFor } from '../../src/shared/server-snippets.ts';

describe('the configuration of a server', () => {
  it.each(SERVERS)('of %s names the files that it installs, by their names in an export', (server) => {
    const { files, install, config } = snippetFor(server, ['shop.example.com']);
    const { fullchain, key, combined } = exportNames('shop.example.com');
    expect(files).toEqual(server === 'haproxy' ? [combined] : [fullchain, key]);
    const folder = /install -d -m 0755 (\S+)/.exec(install)?.[1];
    for (const file of files) {
      expect(install).toContain(`-m ${file === fullchain ? '0644' : '0600'} ${file} ${folder}/`);
      expect(config).toContain(`${folder}/${file}`);
    }
  });

  it('presents the certificate of an IP address without SNI, with brackets around IPv6', () => {
    const { config } = snippetFor('nginx', ['192.0.2.1', '2001:db8::1']);
    expect(config).toContain('listen 443 ssl default_server;\n    listen [::]:443 ssl default_server;');
    expect(config).toContain('server_name 192.0.2.1 [2001:db8::1];');
    expect(snippetFor('apache', ['2001:db8::1']).config).toContain('ServerName [2001:db8::1]');
    expect(snippetFor('nginx', ['example.com']).config).toContain('listen 443 ssl;');
  });

  it('has all names, and no wildcard where Apache takes none', () => {
    const names = ['*.example.com', 'example.com'];
    expect(snippetFor('nginx', names).config).toContain('server_name *.example.com example.com;');
    const { config } = snippetFor('apache', names);
    expect(config).toMatch(/ServerName example\.com\n\s+ServerAlias \*\.example\.com example\.com\n/);
  });
});

test.each([
  ['*.example.com', 'wildcard.example.com'],
  ['a/../b', 'a_.._b'],
  ['..', 'certificate'],
  ['192.0.2.1', '192.0.2.1'],
  ['2001:db8::1', '2001_db8__1'],
  ['1::2:3', '1__2_3'],
  ['1:2::3', '1_2__3'],
  ['::1', '__1'],
])('%s becomes the file name %s', (domain, stem) => {
  expect(fileStem(domain)).toBe(stem);
});
