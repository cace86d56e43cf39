// What `npm run build` makes: out/main/{electron,headless,worker}.js (ESM, with the packages of BUNDLED in it) and out/renderer (minified,
// which electron-vite leaves out by default), and out/preload/preload.cjs: a sandboxed preload can be neither ESM nor
// `require` packages.
import { resolve } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';
import type { Plugin } from 'vite';

const root = import.meta.dirname;

/**
 * Packages that become part of out/main: a start reads a few files in place of 1,400. Left outside is what is native or
 * reads files beside itself (better-sqlite3, @napi-rs/keyring, pino, pino-pretty, @fastify/swagger-ui, electron-updater)
 * and what is loaded only when it is asked for anyway (@aws-sdk/client-route-53, google-auth-library).
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
  'tldts',
  'undici',
  'zod',
];

export default defineConfig({
  main: {
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
        // What every visit needs is one file: twenty small ones take longer than they weigh. Only the first act
        // stands alone, to be done before that file is read.
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
    plugins: [react(), early(), readAtOnce(), compressed()],
  },
});

/** What the first picture waits for is asked for by the page's head: the first act, and the font of most texts. */
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
 * Chromium (136 and later) compiles a script that begins so whole, on another thread while it comes, in place of each
 * function when it is first called. For what every visit needs nearly all of (v8.dev/blog/explicit-compile-hints).
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

/** Beside each script and style sheet: itself by Brotli and gzip, for browsers on other machines. */
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

/** In octets: what fits into one packet comes no sooner. */
const WORTH_COMPRESSING = 1_400;
