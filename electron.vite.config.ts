// What `npm run build` makes: out/main/{electron,headless}.js (ESM, packages left outside) and out/renderer (minified,
// which electron-vite leaves out by default), and out/preload/preload.cjs: a sandboxed preload can be neither ESM nor
// `require` packages.
import { resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';

const root = import.meta.dirname;

export default defineConfig({
  main: {
    build: {
      outDir: resolve(root, 'out/main'),
      rollupOptions: {
        input: {
          electron: resolve(root, 'src/main/electron/index.ts'),
          headless: resolve(root, 'src/main/headless/index.ts'),
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
        // What every visit needs is one file: twenty small ones take longer than they weigh.
        output: { codeSplitting: { groups: [{ name: 'first', tags: ['$initial'] }] } },
      },
    },
    plugins: [react()],
  },
});
