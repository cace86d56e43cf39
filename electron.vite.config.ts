// The outputs of `npm run build`: out/main/{electron,headless,worker}.js (ESM, including the packages of BUNDLED),
// out/renderer (minified, which electron-vite does not do by default), and out/preload/preload.cjs (a sandboxed preload can
// neither be ESM nor `require` packages).
import { resolve } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';
import type { Plugin } from 'vite';
import { docsPages } from './scripts/lib/docs-pages.ts';

const root = import.meta.dirname;

/**
 * Packages that are bundled into out/main, so that startup reads a few files instead of 1,400. Not bundled are packages
 * that are native or read files next to them (better-sqlite3, @napi-rs/keyring, pino, pino-pretty, @fastify/swagger-ui,
 * electron-updater), and packages that are loaded on demand (@aws-sdk/client-route-53, google-auth-library).
 */
const BUNDLED = [
  '@fastify/rate-limit',
  '@fastify/static',
  '@fastify/swagger',
  '@trpc/server',
  'acme-client',
  'asn1js',
  'commander',
  'dns-packet',
  'fastify',
  'kysely',
  'node-forge',
  'nodemailer',
  'p-queue',
  'ssh2',
  'tldts',
  'undici',
  'zod',
];

export default defineConfig({
  main: {
    plugins: [withoutNativeCrypto()],
    define: {
      CERTDESK_UPDATE_FEED: JSON.stringify(process.env.CERTDESK_UPDATE_FEED ?? null),
      CERTDESK_UPDATE_KEY: JSON.stringify(process.env.CERTDESK_UPDATE_KEY ?? null),
    },
    build: {
      outDir: resolve(root, 'out/main'),
      externalizeDeps: { exclude: [...BUNDLED] },
      rollupOptions: {
        input: {
          electron: resolve(root, 'src/main/electron/index.ts'),
          headless: resolve(root, 'src/main/headless/index.ts'),
          worker: resolve(root, 'src/main/background/worker.ts'),
        },
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
      },
    },
  },
  preload: {
    build: {
      outDir: resolve(root, 'out/preload'),
      externalizeDeps: false,
      rollupOptions: {
        input: resolve(root, 'src/main/electron/preload.ts'),
        output: { format: 'cjs', entryFileNames: 'preload.cjs' },
      },
    },
  },
  renderer: {
    root: resolve(root, 'src/renderer'),
    build: {
      outDir: resolve(root, 'out/renderer'),
      minify: true,
      rollupOptions: {
        input: resolve(root, 'src/renderer/index.html'),
        // Everything that each visit needs is one file, because twenty small ones load slower. Only the code that
        // runs first is separate, so that it runs before that file is read.
        output: {
          codeSplitting: {
            groups: [
              { name: 'begin', test: /renderer.session.begin\.ts$/, priority: 2 },
              { name: 'first', tags: ['$initial'], priority: 1 },
            ],
          },
        },
      },
    },
    plugins: [react(), early(), readAtOnce(), docsPages(root), compressed()],
  },
});

/**
 * ssh2 tries a native addon of its own and `cpu-features`, and uses Node's crypto without them. The bundle has neither, on
 * every machine: `null` is what makes its attempts fail (docs/adr/0018-ssh2.md).
 */
function withoutNativeCrypto(): Plugin {
  const ABSENT = '\0absent-native-part.cjs';
  return {
    name: 'certdesk-without-native-crypto',
    enforce: 'pre',
    resolveId: (source) => (/sshcrypto\.node$|^cpu-features$/.test(source) ? ABSENT : null),
    load: (id) => (id === ABSENT ? 'module.exports = null;' : null),
  };
}

/** Preloads from the page's head what the first paint needs: the code that runs first, and the font of most texts. */
function early(): Plugin {
  return {
    name: 'certdesk-early',
    transformIndexHtml: {
      order: 'post',
      handler(_, { bundle = {} }) {
        const find = (pattern: RegExp) => Object.keys(bundle).filter((name) => pattern.test(name));
        const scripts = find(/begin-[^/]*\.js$/).map((name) => ({
          tag: 'script',
          attrs: { type: 'module', async: true, crossorigin: true, src: `./${name}` },
        }));
        const fonts = find(/inter-latin-wght-normal-[^/]*\.woff2$/).map((name) => ({
          tag: 'link',
          attrs: { rel: 'preload', as: 'font', type: 'font/woff2', crossorigin: true, href: `./${name}` },
        }));
        return [...scripts, ...fonts];
      },
    },
  };
}

/**
 * With this comment, Chromium (136 and later) compiles a script as a whole on another thread while it loads, instead of
 * each function at its first call. For scripts of which each visit needs nearly everything
 * (v8.dev/blog/explicit-compile-hints).
 */
function readAtOnce(): Plugin {
  return {
    name: 'certdesk-read-at-once',
    generateBundle: {
      order: 'post',
      handler(_, bundle) {
        for (const chunk of Object.values(bundle))
          if (chunk.type === 'chunk' && chunk.isEntry)
            chunk.code = `//# allFunctionsCalledOnLoad\n${chunk.code}`;
      },
    },
  };
}

/** Writes Brotli and gzip versions next to each script and style sheet, for browsers on other machines. */
function compressed(): Plugin {
  return {
    name: 'certdesk-compressed',
    generateBundle: {
      order: 'post',
      handler(_, bundle) {
        for (const [fileName, file] of Object.entries(bundle)) {
          if (!/\.(?:js|css)$/.test(fileName)) continue;
          const content = Buffer.from(file.type === 'chunk' ? file.code : file.source);
          if (content.length < WORTH_COMPRESSING) continue;
          this.emitFile({ type: 'asset', fileName: `${fileName}.br`, source: brotliCompressSync(content) });
          this.emitFile({
            type: 'asset',
            fileName: `${fileName}.gz`,
            source: gzipSync(content, { level: 9 }),
          });
        }
      },
    },
  };
}

/** Bytes. Compressing what fits into one packet saves nothing. */
const WORTH_COMPRESSING = 1_400;
