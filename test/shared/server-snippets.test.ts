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
])('%s becomes the file name %s', (domain, stem) => {
  expect(fileStem(domain)).toBe(stem);
});
