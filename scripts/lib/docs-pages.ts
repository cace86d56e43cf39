// Turns docs/ into pages that the application serves itself, so that help needs no other site: out/renderer/docs/. Pages
// that only developers need (adr/) stay out; links to files that are not pages become plain text.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { Marked, type Tokens } from 'marked';
import type { Plugin } from 'vite';

const LEFT_OUT = ['adr', 'screenshots'];
const FONT = /inter-latin-wght-normal-[^/]*\.woff2$/;
const STYLE = new URL('docs-pages.css', import.meta.url);

/** @returns the paths of the pages' sources below docs/, sorted: `tutorials/nginx-over-ssh.md` */
function listDocs(root: string): readonly string[] {
  return readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.md') && !LEFT_OUT.includes(path.split('/')[0] ?? ''))
    .sort();
}

export interface DocsPage {
  readonly title: string;
  readonly html: string;
  /** The IDs of its headings, as GitHub derives them. */
  readonly anchors: readonly string[];
}

/**
 * Renders a page.
 * @param path Its source below docs/.
 * @param titles The titles of all pages by source; other relative links become text.
 */
function renderDocsPage(markdown: string, path: string, titles: ReadonlyMap<string, string>): DocsPage {
  const anchors: string[] = [];
  const sections: { readonly id: string; readonly html: string }[] = [];
  let title = '';
  const marked = new Marked({ gfm: true });
  marked.use({
    renderer: {
      heading({ tokens, depth, text }) {
        const id = uniqueAnchor(text, anchors);
        anchors.push(id);
        const html = this.parser.parseInline(tokens);
        if (depth === 1) title = text.replaceAll('`', '');
        if (depth === 2) sections.push({ id, html });
        return `<h${depth} id="${id}">${html}</h${depth}>\n`;
      },
      link({ href, tokens, text }) {
        const target = toTarget(href, path);
        // A link named after its file, which readers of the pages do not see, gets the title of the page.
        const title = text.endsWith('.md') ? titles.get(target) : undefined;
        const html = title === undefined ? this.parser.parseInline(tokens) : escapeHtml(title);
        const url = toUrl(href, titles.has(target));
        if (url === null) return html;
        const isOutside = /^https?:/.test(url);
        return `<a href="${escapeHtml(url)}"${isOutside ? ' rel="noreferrer" target="_blank"' : ''}>${html}</a>`;
      },
      code({ text }: Tokens.Code) {
        return `<pre tabindex="0"><code>${escapeHtml(text)}</code></pre>\n`;
      },
      table(token) {
        const row = (cells: readonly Tokens.TableCell[], tag: string) =>
          `<tr>${cells.map(({ tokens }) => `<${tag}>${this.parser.parseInline(tokens)}</${tag}>`).join('')}</tr>`;
        const body = token.rows.map((cells) => row(cells, 'td')).join('\n');
        return `<div class="table" tabindex="0"><table><thead>${row(token.header, 'th')}</thead><tbody>${body}</tbody></table></div>\n`;
      },
    },
  });
  const content = marked.parse(markdown, { async: false });
  const html = toPage({ title, content, sections, up: '../'.repeat(path.split('/').length - 1) });
  return { title, html, anchors };
}

/** GitHub's rule: lower case, without punctuation, hyphens for spaces, and a number if it is there already. */
function uniqueAnchor(text: string, taken: readonly string[]): string {
  const base = text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replace(/\s/g, '-');
  let id = base;
  for (let more = 1; taken.includes(id); more += 1) id = `${base}-${more}`;
  return id;
}

/** @returns the source that a relative link leads to */
function toTarget(href: string, path: string): string {
  const [file = ''] = href.split('#');
  return posix.normalize(posix.join(posix.dirname(path), file));
}

/** @returns null if the application does not serve the target */
function toUrl(href: string, isPage: boolean): string | null {
  if (/^https?:|^#/.test(href)) return href;
  const [file = '', anchor] = href.split('#');
  return isPage ? `${file.replace(/\.md$/, '.html')}${anchor === undefined ? '' : `#${anchor}`}` : null;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

interface PageParts {
  readonly title: string;
  readonly content: string;
  readonly sections: readonly { readonly id: string; readonly html: string }[];
  /** The path back to docs/: empty, or `../`. */
  readonly up: string;
}

/** Relative URLs only: the application may be served below any path. */
function toPage({ title, content, sections, up }: PageParts): string {
  const list = sections.map(({ id, html }) => `<li><a href="#${id}">${html}</a></li>`).join('\n');
  const contents =
    sections.length < 2 ? '' : `<nav aria-label="On this page"><p>On this page</p><ul>${list}</ul></nav>`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)} · Certdesk documentation</title>
<link rel="icon" href="${up}../icon.svg" type="image/svg+xml">
<script src="${up}../color-scheme.js"></script>
<link rel="stylesheet" href="${up}docs.css">
</head>
<body>
<header><a class="logo" href="${up}../"><img src="${up}../icon.svg" width="26" height="26" alt="">Certdesk</a><a href="${up}index.html">Documentation</a></header>
<div class="page">
${contents}
<main>${content}</main>
</div>
</body>
</html>
`;
}

/** Renders all pages. @returns them by source */
export function readDocs(root: string): ReadonlyMap<string, DocsPage> {
  const sources = new Map(
    listDocs(root).map((path) => [path, readFileSync(join(root, 'docs', path), 'utf8')]),
  );
  const titles = new Map([...sources].map(([path, text]) => [path, /^# (.+)$/m.exec(text)?.[1] ?? path]));
  return new Map([...sources].map(([path, text]) => [path, renderDocsPage(text, path, titles)]));
}

/** Adds the pages to the build of the GUI. */
export function docsPages(root: string): Plugin {
  return {
    name: 'certdesk-docs-pages',
    generateBundle: {
      order: 'post',
      handler(_, bundle) {
        for (const [path, { html }] of readDocs(root)) {
          this.emitFile({
            type: 'asset',
            fileName: posix.join(
              'docs',
              dirname(path),
              path.split('/').pop()?.replace(/\.md$/, '.html') ?? '',
            ),
            source: html,
          });
        }
        // Under a name that does not change with the content, for the API reference (src/main/http/docs-look.ts).
        const font = Object.entries(bundle).find(([name]) => FONT.test(name))?.[1];
        if (font?.type === 'asset')
          this.emitFile({ type: 'asset', fileName: 'docs/inter.woff2', source: font.source });
        this.emitFile({ type: 'asset', fileName: 'docs/docs.css', source: readFileSync(STYLE, 'utf8') });
      },
    },
  };
}
