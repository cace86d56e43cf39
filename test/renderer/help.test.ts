// Every page has a help link, and each leads to a document and a heading that exist.
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readDocs } from '../../scripts/lib/docs-pages.ts';
import { HELP, HELP_OF_TAB, helpFor } from '../../src/renderer/help.ts';

const docs = readDocs(resolve(import.meta.dirname, '../..'));
const served = (doc: string): boolean => {
  const [page, heading] = doc.split('#');
  const found = docs.get(`${page}.md`);
  return found !== undefined && (heading === undefined || found.anchors.includes(heading));
};

describe('help', () => {
  // The type of HELP demands an entry for each route (tsc).
  it.each(Object.entries(HELP))('of %s is the existing %s', (_, doc) => expect(served(doc)).toBe(true));

  it.each(Object.entries(HELP_OF_TAB))('of the tab %s is the existing %s', (_, doc) =>
    expect(served(doc)).toBe(true),
  );

  it('is an address below the server', () => {
    expect(helpFor('/import')).toBe('docs/import.html#import-a-folder');
    expect(helpFor('/projects/$id', 'deployments')).toBe('docs/deployments.html');
    expect(helpFor('/projects/$id', 'history')).toBe('docs/renewal.html');
    expect(helpFor('/nothing')).toBeNull();
  });
});

describe('the documents', () => {
  it('link only to pages and headings that the server has, and to no file of the repository', () => {
    const broken = [...docs].flatMap(([path, { html }]) => {
      const links = [...html.matchAll(/<a [^>]*href="([^"]+)"/g)].map(([, href]) => href ?? '');
      return links
        .filter((href) => !/^https?:|^(?:\.\.\/)+$/.test(href))
        .filter((href) => {
          const { pathname, hash } = new URL(href, `http://x/docs/${path}`);
          const source = decodeURI(pathname)
            .replace(/^\/docs\//, '')
            .replace(/\.html$/, '.md');
          const target = docs.get(source);
          return target === undefined || (hash !== '' && !target.anchors.includes(decodeURI(hash.slice(1))));
        })
        .map((href) => `${path}: ${href}`);
    });
    expect(broken).toEqual([]);
  });

  it('load nothing from elsewhere, and no inline script, which the policy would refuse', () => {
    const page = docs.get('tutorials/nginx-over-ssh.md')?.html ?? '';
    const loaded = [...page.matchAll(/(?:src|<link[^>]* href)="([^"]+)"/g)].map(([, url]) => url);
    expect(loaded).toEqual(['../../icon.svg', '../../color-scheme.js', '../docs.css', '../../icon.svg']);
    for (const { html } of docs.values()) expect(html).not.toMatch(/<script(?! src)|\son\w+=|javascript:/);
  });

  it('name pages by their titles, and escape what Markdown leaves as it is', () => {
    expect(docs.get('index.md')?.html).toContain('<a href="notifications.html">Notifications</a>');
    expect(docs.get('index.md')?.html).not.toMatch(/href="[^"]*\.md/);
    expect(docs.get('reverse-proxy.md')?.html).toContain('<pre tabindex="0">');
  });
});
