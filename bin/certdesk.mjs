#!/usr/bin/env node
// The installed `certdesk` command: runs the built headless program.
import { existsSync } from 'node:fs';
import { requireNode24 } from './node-version.mjs';

requireNode24();
const program = new URL('../out/main/headless.js', import.meta.url);
if (existsSync(program)) {
  import(program.href);
} else {
  process.stderr.write('Certdesk is not built. In its folder, run: npm ci && npm run build\n');
  process.exitCode = 2;
}
