// The look of the API reference: the colours, the font and the theme of the GUI (src/renderer/theme.ts) on the page of
// swagger-ui, which brings a dark mode that a class turns on.
import { correctMarkup } from './docs-accessibility.ts';

/**
 * Applies the theme: the one that was chosen in this browser, or the system's. The function is sent to the page as text,
 * so it must not use anything outside of itself. src/renderer/public/color-scheme.js reads the same key.
 */
function applyTheme(): void {
  const system = window.matchMedia('(prefers-color-scheme: dark)');
  const apply = (): void => {
    const chosen = window.localStorage.getItem('mantine-color-scheme-value');
    const isDark = chosen === 'dark' || (chosen !== 'light' && system.matches);
    document.documentElement.classList.toggle('dark-mode', isDark);
    document.documentElement.style.colorScheme = isDark ? 'dark' : 'light';
  };
  apply();
  system.addEventListener('change', apply);
  window.addEventListener('storage', apply);
}

const SCRIPT = 'certdesk-theme.js';

/**
 * Settings of @fastify/swagger-ui.
 * @param hasGui Whether the GUI is served too, which brings the font and the icon.
 */
export function docsTheme(hasGui: boolean) {
  return {
    title: 'Certdesk API reference',
    css: [{ filename: 'certdesk.css', content: hasGui ? FONT + LOOK : LOOK }],
    js: [
      { filename: SCRIPT, content: `(${applyTheme.toString()})();\n` },
      { filename: 'certdesk-markup.js', content: `(${correctMarkup.toString()})();\n` },
    ],
  };
}

/**
 * Adds what swagger-ui's page lacks: the theme before the first paint, the width of narrow screens, and the way back.
 * @param hasGui Whether there is a GUI to go back to.
 */
export function finishPage(html: string, hasGui: boolean): string {
  const head = `<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><script src="./static/theme/${SCRIPT}"></script></head>`;
  const icon = '<img src="../../icon.svg" width="26" height="26" alt="">';
  const bar = `<body>${SKIP}<header class="cd-bar">${hasGui ? `<a href="../../">${icon}Certdesk</a>` : ''}<span>API reference</span></header>`;
  return html.replace('</head>', () => head).replace('<body>', () => bar);
}

/** Before everything else. swagger-ui's own one, which is hidden, comes after the header. */
const SKIP = '<a class="cd-skip" href="#operations">Skip to operations</a>';

/** The GUI's build puts it there under this name (scripts/lib/docs-pages.ts). */
const FONT = `@font-face {
  font-family: 'Inter Variable';
  font-weight: 100 900;
  font-display: swap;
  src: url('../../../../docs/inter.woff2') format('woff2');
}
`;

const LOOK = `:root {
  --cd-page: light-dark(#f7f8fa, #171c24);
  --cd-surface: light-dark(#ffffff, #1f262f);
  --cd-line: light-dark(#e0e4ea, #2f3845);
  --cd-text: light-dark(#171c24, #dde1e8);
  --cd-dimmed: light-dark(#5b6472, #98a1b0);
  --cd-anchor: light-dark(#3f55ca, #9dacf5);
  --cd-ok: light-dark(#14713f, #70d399);
  --cd-warn: light-dark(#8a4a00, #f4bb6c);
  --cd-bad: light-dark(#b3261e, #ff9a91);
  --cd-info: light-dark(#3448b0, #aab7f7);
  --cd-font: 'Inter Variable', system-ui, sans-serif;
}
html, html.dark-mode, html.dark-mode .swagger-ui, body { background: var(--cd-page); }
body { color: var(--cd-text); font: 0.875rem/1.5 var(--cd-font); font-feature-settings: 'cv05', 'ss03'; }
.cd-bar {
  display: flex; align-items: center; gap: 1.25rem; padding: 0.75rem 1.5rem;
  border-bottom: 1px solid var(--cd-line); background: var(--cd-surface);
}
.cd-bar a {
  display: inline-flex; align-items: center; gap: 0.625rem;
  color: var(--cd-text); font-size: 1rem; font-weight: 700; text-decoration: none;
}
.cd-skip { position: absolute; left: 0.5rem; top: -4rem; z-index: 1; padding: 0.5rem 1rem; border-radius: 0.5rem; background: #3f55ca; color: #fff; }
.cd-skip:focus { top: 0.5rem; }
.swagger-ui .swagger-ui__skip-link { display: none; }
.cd-bar span { color: var(--cd-dimmed); }
:focus-visible { outline: 2px solid #6a80ec !important; outline-offset: 2px; }
.swagger-ui .topbar, .swagger-ui .info .title small.version-stamp { display: none; }
.swagger-ui, .swagger-ui * { font-family: var(--cd-font) !important; }
.swagger-ui :is(pre, pre *, code, textarea, .opblock-summary-path, .opblock-summary-path *, .opblock-summary-method,
  .microlight, .parameter__type, .prop-type, .model, .model *) {
  font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace !important;
}
.swagger-ui .wrapper { max-width: 68rem; padding: 0 1.5rem; }
.swagger-ui .info { margin: 1.5rem 0; }
.swagger-ui .info .title, html.dark-mode .swagger-ui .info .title { color: var(--cd-text); font-size: 1.375rem; }
.swagger-ui :is(.info p, .info li, .opblock-description-wrapper p, .opblock-summary-description, .renderedMarkdown p,
  .parameter__name, .response-col_status, .response-col_links, table thead tr td, table thead tr th, .col_header,
  .opblock-section-header h4, .opblock-section-header > label, label, .opblock-title_normal, h4, h5, .model, .model-title,
  .prop-format, .tab li, .responses-inner h4, .responses-inner h5, .opblock-summary-path, .parameter__type, section.models h4,
  .servers-title, .btn, .markdown p, .property-row td, .opblock-tag, .opblock-tag small) {
  color: var(--cd-text) !important;
}
.swagger-ui :is(a, a.nostyle:hover, .info a, .model-toggle, .models-control) { color: var(--cd-anchor); }
.swagger-ui :is(.prop-type, .parameter__in, .prop-format, .parameter__deprecated, .opblock-summary-description) {
  color: var(--cd-dimmed) !important;
}
.swagger-ui .scheme-container, html.dark-mode .swagger-ui .scheme-container {
  margin: 0 0 1rem; padding: 1rem 0; border-bottom: 1px solid var(--cd-line); background: none; box-shadow: none;
}
.swagger-ui .info .title small { background: #5b6472 !important; }
.swagger-ui .json-schema-2020-12-expand-deep-button { color: var(--cd-dimmed) !important; }
.swagger-ui .opblock-tag { border-bottom: 1px solid var(--cd-line) !important; font-size: 1rem; }
.swagger-ui .opblock, html.dark-mode .swagger-ui .opblock {
  border: 1px solid var(--cd-line) !important; border-radius: 0.5rem; background: var(--cd-surface) !important; box-shadow: none;
}
.swagger-ui .opblock .opblock-summary { border-color: var(--cd-line) !important; }
.swagger-ui .opblock .opblock-section-header {
  border: solid var(--cd-line) !important; border-width: 1px 0 !important; background: var(--cd-page) !important; box-shadow: none;
}
.swagger-ui .opblock .opblock-summary-method {
  min-width: 4.5rem; padding: 0.25rem 0.5rem; border-radius: 0.375rem; background: none !important; text-shadow: none;
}
.swagger-ui .opblock .opblock-summary-method { color: var(--cd-info) !important; box-shadow: inset 0 0 0 1px currentcolor; }
.swagger-ui .opblock-post .opblock-summary-method { color: var(--cd-ok) !important; }
.swagger-ui :is(.opblock-put, .opblock-patch) .opblock-summary-method { color: var(--cd-warn) !important; }
.swagger-ui .opblock-delete .opblock-summary-method { color: var(--cd-bad) !important; }
.swagger-ui .btn, html.dark-mode .swagger-ui .btn {
  border: 1px solid var(--cd-line) !important; border-radius: 0.5rem; background: var(--cd-surface); box-shadow: none;
}
.swagger-ui .download-contents { background: #5b6472 !important; color: #fff !important; }
.swagger-ui .btn.authorize svg { fill: currentcolor !important; }
.swagger-ui .tab-header .tab-item .opblock-title span::after { background: #6a80ec !important; }
.swagger-ui .microlight span[style*='211, 99, 99'] { color: #f0a3a3 !important; }
.swagger-ui :is(table thead tr th, table thead tr td) { border-color: var(--cd-line) !important; }
.swagger-ui :is(.parameter__name.required span, .parameter__name.required::after, .required) { color: var(--cd-bad) !important; }
.swagger-ui .btn.execute, html.dark-mode .swagger-ui .btn.execute {
  border-color: #3f55ca !important; background: #3f55ca !important; color: #fff !important;
}
.swagger-ui :is(input, select, textarea), html.dark-mode .swagger-ui :is(input, select, textarea) {
  border: 1px solid light-dark(#9aa3b1, #6b7585) !important; border-radius: 0.5rem;
  background-color: var(--cd-surface); color: var(--cd-text);
}
.swagger-ui section.models, .swagger-ui section.models .model-container, html.dark-mode .swagger-ui section.models {
  border-color: var(--cd-line) !important; border-radius: 0.5rem; background: var(--cd-surface) !important;
}
.swagger-ui .dialog-ux .modal-ux, html.dark-mode .swagger-ui .dialog-ux .modal-ux {
  border: 1px solid var(--cd-line); border-radius: 0.75rem; background: var(--cd-surface); color: var(--cd-text);
}
.swagger-ui .dialog-ux .modal-ux :is(h3, h4, p, label, code) { color: var(--cd-text) !important; }
@media (max-width: 40rem) {
  .swagger-ui .wrapper { padding: 0 1rem; }
  .swagger-ui .opblock .opblock-summary { flex-wrap: wrap; }
  .swagger-ui .opblock .opblock-summary-path { max-width: 100%; }
}
`;
