// The compile cache of programs that tests start repeatedly: for some, most of a start is compiling. Node writes it
// when a process exits normally; one that will be killed calls `keepCompiled` once it runs.
import module from 'node:module';
import { resolve } from 'node:path';

/** For the environment of such a program. */
export const COMPILED = { NODE_COMPILE_CACHE: resolve(import.meta.dirname, '../../../.tools/compile-cache') };

/** In the program: writes the compile cache. */
export function keepCompiled(): void {
  module.flushCompileCache();
}
