// Where programs that tests start over and over keep what V8 has made of their sources: for some, most of a start is
// compiling. Node writes it when a process ends by itself; one that is to be killed calls `keepCompiled` once it runs.
import module from 'node:module';
import { resolve } from 'node:path';

/** For the environment of such a program. */
export const COMPILED = { NODE_COMPILE_CACHE: resolve(import.meta.dirname, '../../../.tools/compile-cache') };

/** In the program: writes down what it has compiled so far. */
export function keepCompiled(): void {
  module.flushCompileCache();
}
